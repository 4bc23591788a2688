import { type FoundChip, lookAtChips } from '../ground/gpio/look-at-lines.ts';
import { HEADER_LABELS } from '../ground/gpio/open-lines.ts';
import { boardOf } from './board.ts';
import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import type { Wire } from './wires.ts';

export const AS_ROOT = 'call it as root: sudo wheelhouse doctor';
const RULES =
  'sudo udevadm control --reload && sudo udevadm trigger; the rule is /usr/lib/udev/rules.d/60-wheelhouse.rules';

/** The chip of the header, by its label: its number changes from kernel to kernel. */
export async function lookAtChip(box: Box, wires: readonly Wire[]): Promise<Finding> {
  const port = await box.openPort();
  const chips = port === null ? [] : lookAtChips(port);
  const wanted = wires.length === 0 ? HEADER_LABELS : [...new Set(wires.flatMap(({ labels }) => labels))];
  const found = chips.find(({ label }) => wanted.includes(label));
  if (found !== undefined)
    return together([await expected(box, found), ...(wires.length === 0 ? [] : await permission(box, found.path))]);
  if (chips.some(({ refused }) => isDenied(refused))) return warning(`no permission for ${pathsOf(chips)}`, AS_ROOT);
  return missing(chips, wires);
}

function missing(chips: readonly FoundChip[], wires: readonly Wire[]): Finding {
  const seen = chips.map(({ path, label, refused }) => (refused === null ? label : `${path} (${refused})`)).join(', ');
  const found =
    chips.length === 0 ? 'this machine has no GPIO chip' : `no chip is labelled as that of a header: ${seen}`;
  if (wires.length === 0) return ok(`not here: ${found}`);
  return failed(
    `${found}, but ${wires.length} lines are configured`,
    'name the chip in hardware.chip (and in switchLines of guard.json), or take the lines out of hardware; where there is no red switch, say "switch": "none" in guard.json',
  );
}

async function expected(box: Box, { label, lines, path }: FoundChip): Promise<Finding> {
  const found = `${label}, ${lines} lines (${path})`;
  const { model, chip } = await boardOf(box);
  if (chip === null || chip === label) return ok(found);
  return warning(`${found}, but the header of a ${model} is ${chip}`, 'name that one in hardware.chip, or say auto');
}

/** The services are in the device's group; root, who calls the doctor, may do anything. */
export async function permission(box: Box, path: string): Promise<Finding[]> {
  const file = await box.stat(path);
  if (file === null || (Number(file.mode) & 0o060) === 0o060) return [];
  return [warning(`the group of ${path} may not use it (mode ${(Number(file.mode) & 0o777).toString(8)})`, RULES)];
}

function isDenied(code: string | null): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

function pathsOf(chips: readonly FoundChip[]): string {
  return chips.map(({ path }) => path).join(', ');
}
