import { ABSOLUTE_PATH, type Document } from '../files/document.ts';
import type { SwitchWiring } from './kernel-switch.ts';
import { HEADER_LABELS } from './open-lines.ts';
import type { RedSwitch } from './red-switch.ts';

/** What a configuration says of the red switch: `switch`, and `contacts` or `switchLines`. */
export function redSwitchIn(document: Document): RedSwitch {
  const kind = document.oneOf('switch', 'gpio', 'file', 'socket', 'none');
  const standsIn = kind === 'file' || kind === 'socket';
  return {
    kind,
    contacts: standsIn ? document.text('contacts', ABSOLUTE_PATH, 'an absolute path') : '',
    wiring: wiring(document.part('switchLines', true)),
  };
}

/** Numbers of the chip's lines; without any as in docs/wiring.md. */
function wiring(part: Document): SwitchWiring {
  const read = {
    labels: part.has('chip') ? [part.text('chip', /^[!-~]{1,31}$/, "a chip's label")] : HEADER_LABELS,
    normallyClosed: part.number('normallyClosed', [0, 1_000], 5),
    normallyOpen: part.number('normallyOpen', [0, 1_000], 6),
    debounceUs: part.number('debounceMicroseconds', [0, 10_000], 5_000),
  };
  if (read.normallyClosed === read.normallyOpen) part.problems.push('switchLines names the same line twice');
  return read;
}
