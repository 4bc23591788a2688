import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelPort } from '../../../agent/ground/gpio/kernel-port.ts';
import { HEADER_LABELS } from '../../../agent/ground/gpio/open-lines.ts';
import { WiredSwitch } from '../../../agent/ground/gpio/wired-switch.ts';
import { SimulatedPort, simulatedChip } from './simulated-port.ts';

const WIRING = { labels: HEADER_LABELS, normallyClosed: 5, normallyOpen: 6, debounceUs: 0 };

/** What the lines had to tell has been told. */
const heard = (): Promise<void> => new Promise((done) => setTimeout(done, 2));

/** Time that passes when it is told to. */
function manualTime() {
  let now = 0;
  let due: { at: number; work: () => void }[] = [];
  return {
    now: () => now,
    after: (ms: number, work: () => void) => {
      const timer = { at: now + ms, work };
      due.push(timer);
      const cancel = (): void => {
        due = due.filter((each) => each !== timer);
      };
      return { cancel };
    },
    async pass(ms: number): Promise<void> {
      now += ms;
      const ripe = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { work } of ripe) work();
      await heard();
    },
    waiting: () => due.length,
  };
}

function scene() {
  const chip = simulatedChip({ path: '/dev/gpiochip0', label: 'pinctrl-bcm2711' });
  const simulated = new SimulatedPort([chip]);
  const time = manualTime();
  const at: { port: KernelPort | null } = { port: simulated };
  const contacts = new WiredSwitch({ wiring: WIRING, port: async () => at.port, time });
  let edges = 0;
  contacts.watch(() => {
    edges += 1;
  });
  const drive = (closed: 0 | null, open: 0 | null): string => {
    simulated.drive(chip, 5, closed);
    simulated.drive(chip, 6, open);
    return contacts.read();
  };
  return { chip, simulated, time, at, contacts, drive, edges: () => edges };
}

test('a press is told at the first opening, and named when the other contact has closed', async (t) => {
  const { contacts, drive, time } = scene();
  t.after(() => contacts.close());
  assert.equal(contacts.read(), 'unknown');
  drive(0, null);
  await contacts.open();
  assert.equal(contacts.read(), 'normal');
  assert.equal(contacts.trouble, null);
  assert.equal(drive(null, null), 'opened');
  await time.pass(10);
  assert.equal(drive(null, 0), 'pressed');
});

test('open contacts are a broken wire after the travel, closed ones a short, and whoever watches is told then', async (t) => {
  const { contacts, drive, time, edges } = scene();
  t.after(() => contacts.close());
  drive(0, null);
  await contacts.open();
  for (const [closed, open, fresh, plain] of [
    [null, null, 'opened', 'broken'],
    [0, 0, 'unknown', 'shorted'],
  ] as const) {
    assert.equal(drive(0, null), 'normal');
    assert.equal(drive(closed, open), fresh);
    await heard();
    const before = edges();
    await time.pass(79);
    assert.equal(contacts.read(), fresh);
    assert.equal(edges(), before);
    await time.pass(80);
    assert.equal(edges(), before + 1);
    assert.equal(contacts.read(), plain);
  }
});

test('contacts that travel together for less than their time are no short', async (t) => {
  const { contacts, drive, time } = scene();
  t.after(() => contacts.close());
  drive(0, null);
  await contacts.open();
  for (let turn = 0; turn < 5; turn += 1) {
    assert.equal(drive(0, 0), 'unknown');
    await time.pass(60);
    assert.equal(drive(0, null), 'normal');
  }
});

test('lines that cannot be had are unknown for a while, then broken, asked for every second and named', async (t) => {
  const { contacts, at, simulated, chip, time, drive, edges } = scene();
  t.after(() => contacts.close());
  at.port = null;
  await contacts.open();
  assert.equal(contacts.read(), 'unknown');
  assert.equal(contacts.trouble, 'this machine has no GPIO chip');
  at.port = simulated;
  simulated.hold(chip, 6, 'somebody');
  await time.pass(1_000);
  assert.equal(contacts.trouble, 'line 6 of pinctrl-bcm2711 is held by somebody');
  assert.equal(contacts.read(), 'unknown');
  await time.pass(9_000);
  assert.equal(contacts.read(), 'broken');
  chip.lines[6] = { driven: null, biased: 0, output: null, holder: null };
  drive(0, null);
  const before = edges();
  await time.pass(1_000);
  assert.equal(contacts.read(), 'normal');
  assert.equal(contacts.trouble, null);
  assert.ok(edges() > before);
});

test('lines that are lost are a broken wire at once, whoever watches hears of it, and they are had again', async (t) => {
  const { contacts, simulated, time, drive, edges } = scene();
  t.after(() => contacts.close());
  drive(0, null);
  await contacts.open();
  assert.equal(contacts.read(), 'normal');
  await heard();
  const before = edges();
  simulated.breakLines('ENODEV');
  await heard();
  assert.ok(edges() > before);
  simulated.breakLines(null);
  assert.equal(contacts.read(), 'broken');
  assert.match(contacts.trouble ?? '', /ENODEV/);
  assert.equal(contacts.read(), 'broken');
  await heard();
  await time.pass(1_000);
  assert.equal(contacts.read(), 'normal');
});

test('a library that does not load is a reason, and closing gives everything back', async () => {
  const time = manualTime();
  const fails = new WiredSwitch({ wiring: WIRING, port: () => Promise.reject(new Error('no koffi here')), time });
  await fails.open();
  assert.equal(fails.trouble, 'no koffi here');
  assert.equal(time.waiting(), 1);
  fails.close();
  assert.equal(time.waiting(), 0);
  const { contacts, simulated } = scene();
  await contacts.open();
  assert.equal(simulated.openFiles, 1);
  contacts.close();
  simulated.breakLines(null);
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(simulated.openFiles, 0);
});
