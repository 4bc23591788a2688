import { openKernelSwitch } from '../ground/gpio/kernel-switch.ts';
import { openRedSwitch, type RedSwitch } from '../ground/gpio/red-switch.ts';
import type { SwitchState } from '../ground/gpio/switch.ts';
import type { GuardStatus } from '../guard/status.ts';
import type { Box } from './box.ts';
import { AS_ROOT } from './chip.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';

const CHECK_WIRES = 'look at the wires and the plug of the red switch, pin by pin in docs/wiring.md';
const WIRE =
  'wire one (docs/wiring.md) and say "switch": "gpio" in guard.json; without the service, broker.guard.switch: gpio';
const WITHOUT = 'see the lines Chip and Lines; where there is no red switch, say "switch": "none" in guard.json';
const RELEASE = 'turn the knob to release it; then: sudo wheelhouse guard reset && sudo wheelhouse guard arm';

const STATES: Readonly<Record<SwitchState, Finding>> = {
  normal: ok('normal: closed contact closed, open contact open'),
  pressed: warning('pressed', RELEASE),
  broken: failed('broken: neither contact is closed, so a wire is off', CHECK_WIRES),
  shorted: failed('shorted: both contacts are closed, so wires touch or the switch is worn', CHECK_WIRES),
  opened: warning('being pressed at this moment', 'call the doctor again'),
  unknown: warning('not read yet', 'call the doctor again'),
  none: warning('there is none (switch: none): only software can halt', WIRE),
};

/** What the contacts are, as far as no pin is read. */
const STAND_INS: Readonly<Record<'file' | 'socket', Finding>> = {
  file: warning('a file stands in for it', WIRE),
  socket: warning('a socket stands in for it', WIRE),
};

/** From the guard, who holds the lines; from the lines themselves where no guard runs. */
export async function lookAtSwitch(box: Box, redSwitch: RedSwitch | null, guard: GuardStatus | null): Promise<Finding> {
  if (guard !== null) {
    if (guard.switchTrouble !== null) return failed(`it cannot be read: ${guard.switchTrouble}`, WITHOUT);
    return together([STATES[guard.contacts], ...standIn(guard.switch)]);
  }
  if (redSwitch === null) return failed('what it is stands in the configuration of the guard', 'see the line Guard');
  if (redSwitch.kind === 'gpio') return fromLines(box, redSwitch);
  // Of a guard that has not run yet.
  if (redSwitch.kind !== 'none' && redSwitch.contacts === '') return together(standIn(redSwitch.kind));
  const contacts = await openRedSwitch(redSwitch, { now: () => 0, after: () => ({ cancel: () => undefined }) });
  const state = contacts.read();
  contacts.close();
  return together([STATES[state], ...standIn(redSwitch.kind)]);
}

function standIn(kind: RedSwitch['kind']): Finding[] {
  return kind === 'file' || kind === 'socket' ? [STAND_INS[kind]] : [];
}

async function fromLines(box: Box, { wiring }: RedSwitch): Promise<Finding> {
  const answer = openKernelSwitch(await box.openPort(), wiring);
  if (answer.kind === 'opened') {
    const state = answer.contacts.read();
    answer.contacts.close();
    return STATES[state];
  }
  if (answer.why === 'noPermission') return warning(answer.reason, AS_ROOT);
  return failed(`it cannot be read: ${answer.reason}`, WITHOUT);
}
