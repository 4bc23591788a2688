import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshot } from '../snapshot-fixture.ts';
import { post, serverRig, signIn, TOKEN } from './rig.ts';

test('the page shows what runs, what is planned, what waits, and estimates against what runs took', async () => {
  const { server, board } = await serverRig();
  const { schedule } = snapshot();
  const [run] = schedule.running;
  assert.ok(run !== undefined);
  const progress = { done: 40, of: 160, best: '0.12 with delta 0.15 to 0.25' };
  board.change({ schedule: { ...schedule, running: [{ ...run, progress }] } });
  const { body } = await server.inject('/');
  const facts = [
    '40 of 160, best so far 0.12',
    'Planned in this window',
    'waits for load-history',
    'Estimated and actual',
  ];
  const more = ['thought 2 h, took 96 min', '82 % used, 9 done, 1 interrupted', '58.5 h for research', 'extended'];
  for (const text of [...facts, ...more]) assert.ok(body.includes(text), text);
  assert.match(body, /<svg viewBox="0 0 120 16" role="img" aria-label="[^"]*took 96 min/);
  assert.ok(!body.includes('undefined') && !body.includes('NaN'));
});

test('names in the schedule cannot become markup', async () => {
  const { server, board } = await serverRig();
  const evil = '<img src=x>';
  const { schedule } = snapshot();
  board.change({
    schedule: {
      ...schedule,
      running: schedule.running.map((each) => ({
        ...each,
        name: evil,
        title: evil,
        progress: { done: 1, of: 2, best: evil },
      })),
      plan: schedule.plan.map((each) => ({ ...each, name: evil, title: evil })),
      blocked: [{ name: evil, title: evil, reason: evil }],
      durations: schedule.durations.map((each) => ({ ...each, name: evil, title: evil })),
    },
  });
  assert.ok(!(await server.inject('/')).body.includes(evil));
});

test('the schedule is steered from the page only by whoever brought the token', async () => {
  const { server, controls } = await serverRig();
  assert.ok(!(await server.inject('/')).body.includes('Steer the schedule'));
  assert.equal((await post(server, '/schedule', { command: 'pause' })).statusCode, 401);
  const { cookie, csrf } = await signIn(server);
  assert.ok((await server.inject({ url: '/', headers: { cookie } })).body.includes('Steer the schedule'));
  const answer = await post(server, '/schedule', { command: 'pause', csrf }, { cookie });
  assert.equal(answer.statusCode, 303);
  await post(server, '/schedule', { command: 'run', task: 'health', csrf }, { cookie });
  assert.deepEqual(controls.asked, ['pause by page', 'run health by page']);
  assert.equal((await post(server, '/schedule', { command: 'pause', csrf: 'wrong' }, { cookie })).statusCode, 403);
});

test('the command line steers with the token itself, and is told when it asks for something unknown', async () => {
  const { server, controls } = await serverRig();
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  const answer = await post(server, '/schedule', { command: 'skip', task: '' }, headers);
  assert.deepEqual(JSON.parse(answer.body), { message: 'Done: skip.', done: true });
  const unknown = await post(server, '/schedule', { command: 'destroy' }, headers);
  assert.deepEqual(JSON.parse(unknown.body), { message: 'That is not something the schedule knows.', done: false });
  assert.deepEqual(controls.asked, ['skip by command line']);
  assert.equal(
    (await post(server, '/schedule', { command: 'skip' }, { authorization: 'Bearer wrong' })).statusCode,
    401,
  );
});
