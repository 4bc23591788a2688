import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ButtonResume } from '../../agent/compose/button-resume.ts';
import type { Controls } from '../../agent/edges/status/board.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { halted, snapshot } from '../edges/status/snapshot-fixture.ts';

interface Desk {
  readonly clock: ManualClock;
  readonly button: ButtonResume;
  readonly controls: Controls;
  readonly asked: string[];
  state: ReturnType<typeof snapshot>;
}

/** Controls that do what they are asked, unless `obstacle` says no. */
function desk(obstacle = false): Desk {
  const clock = new ManualClock(0);
  const button = new ButtonResume(clock);
  const made: { state: Desk['state'] } & Pick<Desk, 'asked'> = { state: snapshot(halted(true)), asked: [] };
  const done = (what: string): Promise<string> => Promise.resolve(made.asked.push(what) > 0 ? what : '');
  const board = {
    get current() {
      return made.state;
    },
  };
  const plain: Controls = {
    halt: (reason, source) => done(`halt ${reason} by ${source}`),
    reconcile: (accept, source) => done(`reconcile ${accept} by ${source}`),
    schedule: async ({ action }, source) => ({ done: true, text: await done(`${action} by ${source}`) }),
    resume: async (source) => {
      if (!obstacle) made.state = snapshot();
      return { done: !obstacle, text: await done(`resume by ${source}`) };
    },
  };
  return Object.assign(made, { clock, button, controls: button.guarding(plain, board) });
}

test('after a halt RESUME is refused until the button has been held, and taken for a minute after', async () => {
  const { clock, button, controls, asked } = desk();
  const refused = await controls.resume('page');
  assert.match(refused.text, /^Not resumed: hold the mode button/);
  assert.equal(refused.done, false);
  button.held();
  clock.set(60_001);
  assert.match((await controls.resume('page')).text, /^Not resumed/);
  button.held();
  clock.set(120_001);
  assert.equal((await controls.resume('page')).text, 'resume by page, with the button');
  assert.deepEqual(asked, ['resume by page, with the button']);
});

test('one holding is one resume', async () => {
  const box = desk();
  box.button.held();
  await box.controls.resume('page');
  box.state = snapshot(halted(true));
  assert.match((await box.controls.resume('page')).text, /^Not resumed/);
});

test('a holding is kept while something else is in the way', async () => {
  const { button, controls } = desk(true);
  button.held();
  for (const _ of [1, 2]) assert.equal((await controls.resume('page')).text, 'resume by page, with the button');
});

test('a clock that is set does not make a holding last', async () => {
  const { clock, button, controls } = desk();
  button.held();
  clock.set(50_000);
  clock.jump(-3_600_000);
  clock.set(clock.now() + 20_000);
  assert.match((await controls.resume('page')).text, /^Not resumed/);
});

test('what is no resume after a halt needs no button', async () => {
  const box = desk();
  await box.controls.halt('why', 'page');
  await box.controls.reconcile(true, 'page');
  await box.controls.schedule({ action: 'pause', task: null }, 'page');
  box.state = snapshot();
  await box.controls.resume('page');
  assert.deepEqual(box.asked, ['halt why by page', 'reconcile true by page', 'pause by page', 'resume by page']);
});
