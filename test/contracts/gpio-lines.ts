import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KernelPort } from '../../agent/ground/gpio/kernel-port.ts';
import { openKernelSwitch } from '../../agent/ground/gpio/kernel-switch.ts';
import type { LineEvent, LineRequest } from '../../agent/ground/gpio/line-abi.ts';
import type { Lines } from '../../agent/ground/gpio/lines.ts';
import { openLines } from '../../agent/ground/gpio/open-lines.ts';

/** A chip with wires that a test can pull: in memory, or the kernel's own simulated one. */
export interface LineRig {
  readonly port: KernelPort;
  readonly label: string;
  /** `null` = nothing pulls, so that the bias decides. */
  drive(offset: number, level: 0 | 1 | null): void;
  levelOf(offset: number): 0 | 1;
  /** Lets as much time pass as debounce needs to see. */
  pass(us: number): Promise<void>;
  /** Ends whatever still listens. */
  end(): void;
}

const INPUTS = { consumer: 'test', direction: 'input', bias: 'pullUp', edges: 'both' } as const;
const CONTACTS = { normallyClosed: 5, normallyOpen: 6, debounceUs: 5_000 };

export function linesContract(name: string, makeRig: () => LineRig): void {
  for (const [fact, holds] of Object.entries(FACTS)) {
    test(`${name}: ${fact}`, async (t) => {
      const rig = makeRig();
      t.after(() => rig.end());
      await holds(rig);
    });
  }
}

const open = (rig: LineRig, request: LineRequest): Lines => {
  const answer = openLines(rig.port, ['no such chip', rig.label], request);
  assert.equal(answer.kind, 'opened', JSON.stringify(answer));
  return answer.lines;
};

const FACTS: Readonly<Record<string, (rig: LineRig) => void | Promise<void>>> = {
  'several lines are read at once, and a pull-up decides where nothing pulls': async (rig) => {
    const lines = open(rig, { ...INPUTS, offsets: [5, 6, 4] });
    assert.deepEqual(lines.levels(), [1, 1, 1]);
    rig.drive(6, 0);
    assert.deepEqual(lines.levels(), [1, 0, 1]);
    await lines.close();
    assert.throws(() => lines.levels(), { code: 'GPIO_CLOSED' });
  },

  'outputs begin with their levels, are set together, and active low turns them over': async (rig) => {
    const lines = open(rig, { consumer: 'test', direction: 'output', offsets: [17, 27], levels: [1, 0] });
    assert.deepEqual([rig.levelOf(17), rig.levelOf(27)], [1, 0]);
    lines.set([0, 1]);
    assert.deepEqual([rig.levelOf(17), rig.levelOf(27)], [0, 1]);
    const low = open(rig, { consumer: 'test', direction: 'output', offsets: [22], levels: [1], activeLow: true });
    assert.equal(rig.levelOf(22), 0);
    low.set([0]);
    assert.equal(rig.levelOf(22), 1);
    await Promise.all([lines.close(), low.close()]);
  },

  'edges arrive once each, in order, with the time at which they happened': async (rig) => {
    const lines = open(rig, { ...INPUTS, offsets: [4, 5] });
    const heard: LineEvent[] = [];
    lines.watch({ onEvents: (events) => heard.push(...events), onTrouble: assert.fail });
    rig.drive(4, 0);
    await rig.pass(2_000);
    rig.drive(5, 0);
    await rig.pass(2_000);
    rig.drive(4, 1);
    await until(() => heard.length === 3);
    const seen = heard.map(({ offset, edge, sequence }) => `${offset} ${edge} ${sequence}`);
    assert.deepEqual(seen, ['4 falling 1', '5 falling 2', '4 rising 3']);
    const [first, second, third] = heard.map(({ atNs }) => atNs);
    assert.ok(first !== undefined && second !== undefined && third !== undefined && first < second && second < third);
    await lines.close();
  },

  'contacts that bounce are one edge': async (rig) => {
    const lines = open(rig, { ...INPUTS, offsets: [4], debounceUs: 10_000 });
    const heard: LineEvent[] = [];
    lines.watch({ onEvents: (events) => heard.push(...events), onTrouble: assert.fail });
    for (const level of [0, 1, 0, 1, 0, 1, 0] as const) {
      rig.drive(4, level);
      await rig.pass(1_000);
    }
    await rig.pass(12_000);
    await until(() => heard.length > 0);
    assert.deepEqual(
      heard.map(({ edge }) => edge),
      ['falling'],
    );
    assert.deepEqual(lines.levels(), [0]);
    await lines.close();
  },

  'a line that somebody holds is refused with the name, and is free when he gives it back': async (rig) => {
    const lines = open(rig, { ...INPUTS, offsets: [4] });
    const again = openLines(rig.port, [rig.label], { ...INPUTS, offsets: [5, 4] });
    assert.equal(again.kind, 'refused');
    assert.equal(again.why, 'busy');
    assert.equal(again.reason, `line 4 of ${rig.label} is held by test`);
    await lines.close();
    await open(rig, { ...INPUTS, offsets: [5, 4] }).close();
  },

  'a chip that is not there and a line it does not have are named': (rig) => {
    const wrong = openLines(rig.port, ['pinctrl-other'], { ...INPUTS, offsets: [4] });
    assert.equal(wrong.kind, 'refused');
    assert.equal(wrong.why, 'unknownChip');
    assert.match(wrong.reason, new RegExp(`labelled pinctrl-other; there is .*${rig.label}`));
    const beyond = openLines(rig.port, [rig.label], { ...INPUTS, offsets: [4, 400] });
    assert.equal(beyond.kind, 'refused');
    assert.equal(beyond.why, 'noLine');
  },

  'the red switch tells normal, pressed, broken and shorted, and every edge': async (rig) => {
    rig.drive(5, 0);
    const answer = openKernelSwitch(rig.port, { ...CONTACTS, labels: [rig.label] });
    assert.equal(answer.kind, 'opened');
    const { contacts } = answer;
    let edges = 0;
    contacts.watch(() => {
      edges += 1;
    });
    assert.equal(contacts.read(), 'normal');
    const wirings = [
      [null, null, 'broken'],
      [null, 0, 'pressed'],
      [0, 0, 'shorted'],
      [0, null, 'normal'],
    ] as const;
    for (const [closed, opened, state] of wirings) {
      const before = edges;
      rig.drive(5, closed);
      rig.drive(6, opened);
      await rig.pass(6_000);
      await until(() => contacts.read() === state && edges > before);
    }
    contacts.close();
  },
};

/** Everything here happens within one poll. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) await sleep(2);
  assert.ok(condition(), 'never came about');
}
