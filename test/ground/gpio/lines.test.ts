import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { openKernelPort } from '../../../agent/ground/gpio/kernel-port.ts';
import { openKernelSwitch } from '../../../agent/ground/gpio/kernel-switch.ts';
import { HEADER_LABELS, openLines } from '../../../agent/ground/gpio/open-lines.ts';
import { type LineRig, linesContract, until } from '../../contracts/gpio-lines.ts';
import { SimulatedPort, simulatedChip } from './simulated-port.ts';

const ASKED = { consumer: 'test', direction: 'input', offsets: [4] } as const;
const WIRING = { labels: HEADER_LABELS, normallyClosed: 5, normallyOpen: 6, debounceUs: 5_000 };

for (const label of HEADER_LABELS) linesContract(label, () => rigOf(label));

function rigOf(label: string): LineRig {
  const chip = simulatedChip({ path: '/dev/gpiochip4', label });
  const port = new SimulatedPort([
    simulatedChip({ path: '/dev/gpiochip0', label: 'raspberrypi-exp-gpio', count: 8 }),
    chip,
  ]);
  return {
    ...{ port, label },
    drive: (offset, level) => port.drive(chip, offset, level),
    levelOf: (offset) => port.levelOf(chip, offset),
    pass: async (us) => port.pass(us),
    end: () => port.breakLines('ENODEV'),
  };
}

test('a chip that may not be opened is a matter of permission, even when others may', () => {
  const chips = [
    simulatedChip({ path: '/dev/gpiochip0', label: 'pinctrl-rp1', refuses: 'EACCES' }),
    simulatedChip({ path: '/dev/gpiochip10', label: 'other' }),
  ];
  const port = new SimulatedPort(chips);
  const answer = openLines(port, HEADER_LABELS, ASKED);
  assert.deepEqual(answer, {
    kind: 'refused',
    why: 'noPermission',
    reason: 'no permission for /dev/gpiochip0; its group is gpio',
  });
  assert.equal(port.openFiles, 0);
});

test('whatever is refused, no file stays open', async () => {
  const chip = simulatedChip({ path: '/dev/gpiochip0', label: 'pinctrl-rp1' });
  const port = new SimulatedPort([chip]);
  port.hold(chip, 4, '');
  const busy = openLines(port, HEADER_LABELS, { ...ASKED, offsets: [3, 4] });
  assert.equal(busy.kind, 'refused');
  assert.match(busy.reason, /held by/);
  assert.equal(port.openFiles, 0);
  const answer = openLines(port, HEADER_LABELS, { ...ASKED, offsets: [3] });
  assert.equal(answer.kind, 'opened');
  assert.equal(port.openFiles, 1);
  await answer.lines.close();
  assert.equal(port.openFiles, 0);
});

test('lines are closed only after the poll on them has ended', async (t) => {
  const rig = rigOf('pinctrl-rp1');
  t.after(() => rig.end());
  const answer = openLines(rig.port, [rig.label], { ...ASKED, edges: 'both' });
  assert.equal(answer.kind, 'opened');
  answer.lines.watch({ onEvents: () => assert.fail(), onTrouble: assert.fail });
  const port = rig.port as SimulatedPort;
  const closing = answer.lines.close();
  assert.equal(port.openFiles, 1);
  rig.drive(4, 1);
  await closing;
  assert.equal(port.openFiles, 0);
});

test('a switch whose lines are gone is a broken wire, and whoever watches hears of it', async (t) => {
  const rig = rigOf('pinctrl-rp1');
  t.after(() => rig.end());
  rig.drive(5, 0);
  const answer = openKernelSwitch(rig.port, WIRING);
  assert.equal(answer.kind, 'opened');
  let edges = 0;
  answer.contacts.watch(() => {
    edges += 1;
  });
  assert.equal(answer.contacts.read(), 'normal');
  (rig.port as SimulatedPort).breakLines('ENODEV');
  await until(() => edges === 1);
  assert.equal(answer.contacts.read(), 'broken');
  assert.match(answer.contacts.trouble ?? '', /ENODEV/);
  // Levels that can be read again do not bring the edges back.
  (rig.port as SimulatedPort).breakLines(null);
  assert.equal(answer.contacts.read(), 'broken');
  answer.contacts.close();
});

test('a machine without a chip has no port, and its switch is refused with the reason', async () => {
  const folder = mkdtempSync(`${tmpdir()}/devices-`);
  try {
    assert.equal(await openKernelPort(folder), null);
    assert.equal(await openKernelPort(`${folder}/none`), null);
    const answer = openKernelSwitch(null, WIRING);
    assert.deepEqual(answer, { kind: 'refused', why: 'noChip', reason: 'this machine has no GPIO chip' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
