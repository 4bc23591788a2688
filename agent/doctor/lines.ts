import type { KernelPort } from '../ground/gpio/kernel-port.ts';
import type { LineInfo } from '../ground/gpio/line-abi.ts';
import { lookAtChips, lookAtLines } from '../ground/gpio/look-at-lines.ts';
import type { Box } from './box.ts';
import { AS_ROOT } from './chip.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import type { Wire } from './wires.ts';

/** Whether the programs run that hold the lines: the agent has lights and button, the guard the switch. */
export interface Holders {
  readonly agent: boolean;
  readonly guard: boolean;
}

/** Each line that the configuration names: free, ours, or somebody else's. */
export async function lookAtWires(box: Box, wires: readonly Wire[], holders: Holders): Promise<Finding> {
  if (wires.length === 0) return ok('no line is configured');
  const port = await box.openPort();
  if (port === null) return failed(`no chip for ${named(wires)}`, 'see the line Chip');
  const found = wires.map((wire) => aboutWire(port, wire, holders));
  return together(summed(found));
}

interface Seen {
  readonly wire: Wire;
  readonly state: 'free' | 'ours' | 'trouble';
  readonly finding: Finding | null;
}

function aboutWire(port: KernelPort, wire: Wire, holders: Holders): Seen {
  const trouble = (finding: Finding): Seen => ({ wire, state: 'trouble', finding });
  const chips = lookAtChips(port);
  const chip = chips.find(({ label }) => wire.labels.includes(label));
  const name = `line ${wire.line} (${wire.what})`;
  if (chip === undefined) {
    const denied = chips.find(({ refused }) => refused !== null);
    if (denied !== undefined) return trouble(warning(`${name}: ${denied.path}: ${denied.refused}`, AS_ROOT));
    return trouble(failed(`${name}: no chip ${wire.labels.join(' or ')}`, 'see the line Chip'));
  }
  if (wire.line >= chip.lines) {
    return trouble(failed(`${name}: ${chip.label} has only ${chip.lines} lines`, 'name the line it is wired to'));
  }
  const [line] = lookAtLines(port, chip.path, [wire.line]) as [LineInfo];
  if (line.consumer === wire.holder) return { wire, state: 'ours', finding: null };
  if (line.used) {
    const holder = line.consumer === '' ? 'the kernel' : line.consumer;
    const mend = `take it from ${holder}: see the dtoverlay and dtparam lines of /boot/firmware/config.txt; or wire and name another line`;
    return trouble(failed(`${name} is held by ${holder}`, mend));
  }
  const runs = wire.holder === 'wheelhouse-switch' ? holders.guard : holders.agent;
  if (!runs) return { wire, state: 'free', finding: null };
  const service = wire.holder === 'wheelhouse-switch' ? 'wheelhouse-guard' : 'wheelhouse-agent';
  const mend = `sudo systemctl restart ${service}; then see: journalctl -u ${service} -b`;
  return trouble(warning(`${name} is free, although its program runs`, mend));
}

function summed(seen: readonly Seen[]): Finding[] {
  const of = (state: Seen['state']): readonly Wire[] =>
    seen.flatMap((each) => (each.state === state ? [each.wire] : []));
  const troubles = seen.flatMap(({ finding }) => finding ?? []);
  const [ours, free] = [of('ours'), of('free')];
  return [
    ...troubles,
    ...(ours.length === 0 ? [] : [ok(`ours: ${named(ours)}`)]),
    ...(free.length === 0 ? [] : [ok(`free: ${named(free)}`)]),
  ];
}

function named(wires: readonly Wire[]): string {
  return wires.map(({ line, what }) => `${line} (${what})`).join(', ');
}
