import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { announce, withdraw } from '../../agent/compose/appliance-file.ts';
import type { BooksAnswer } from '../../agent/edges/status/inquiries.ts';
import { Page, type PageOptions } from '../../agent/edges/status/page/page.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { ORDER, WRITTEN_INQUIRIES } from '../edges/status/inquiries-fixture.ts';
import { halted, SILENT, WrittenBoard, WrittenControls } from '../edges/status/snapshot-fixture.ts';
import { callsInTurn } from './calls-in-turn.ts';
import { wheelhouse } from './wheelhouse-process.ts';

const TOKEN = 'correct-horse';

interface Stage {
  readonly folder: string;
  readonly board: WrittenBoard;
  readonly controls: WrittenControls;
  readonly address: string;
}

/** A page that runs in this process and has announced itself in a folder of its own. */
async function stage(t: TestContext, changes: Partial<PageOptions> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-commands-'));
  const board = new WrittenBoard();
  const controls = new WrittenControls(board);
  const parts = { board, controls, inquiries: WRITTEN_INQUIRIES, token: TOKEN, clock: new HostClock(), log: SILENT };
  const page = new Page({ ...parts, host: '127.0.0.1', port: 0, ...changes });
  await page.start();
  t.after(async () => {
    await page.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await announce(folder, { pid: process.pid, run: 'demo', page: page.address, token: TOKEN, guard: null });
  return { folder, board, controls, address: page.address };
}

test('what a running appliance leaves for commands may be read by nobody else, and goes with it', async (t) => {
  const { folder } = await stage(t);
  const path = join(folder, 'appliance.json');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await withdraw(folder, process.pid + 1);
  assert.ok(statSync(path).isFile());
  await withdraw(folder, process.pid);
  const { code, err } = await wheelhouse('orders', '--folder', folder);
  assert.deepEqual([code, err], [1, `wheelhouse: no appliance runs in ${folder}\n`]);
});

test('orders, positions and why are told for eyes and as JSON, found by the folder alone', async (t) => {
  const { folder } = await stage(t);
  const orders = await wheelhouse('orders', '--folder', folder);
  assert.equal(orders.code, 0, orders.err);
  assert.match(orders.out, /^time +order +limit +filled +at +state +reason\n/);
  const all = await wheelhouse('orders', '--all', '--json', '--folder', folder);
  assert.equal(JSON.parse(all.out).orders.length, 2);
  const positions = await wheelhouse('positions', '--folder', folder);
  assert.match(positions.out, /^position +quantity +opened at/);
  const why = await wheelhouse('why', 'tsla', '--folder', folder);
  assert.match(
    why.out,
    /^TSLA, .*put-write \(execute\): no trade\n {2}score: scores 61\.0, below 70\n40 contracts looked at/,
  );
  assert.equal(JSON.parse((await wheelhouse('why', 'TSLA', '--json', '--folder', folder)).out).considered, 40);
});

test('a code for one more browser is printed, and lets it in', async (t) => {
  const { folder, address } = await stage(t);
  const { code, out } = await wheelhouse('code', '--folder', folder);
  assert.equal(code, 0);
  const entered = await fetch(`${address}login`, {
    method: 'POST',
    body: new URLSearchParams({ token: out.trim() }),
    redirect: 'manual',
  });
  assert.deepEqual([entered.status, entered.headers.has('set-cookie')], [303, true]);
});

test('whoever may go on only without working orders is told by the exit code', async (t) => {
  let orders = [ORDER];
  const { folder } = await stage(t, { inquiries: { ...WRITTEN_INQUIRIES, orders: () => orders } });
  const busy = await wheelhouse('orders', '--expect-none', '--folder', folder);
  assert.deepEqual([busy.code, busy.err], [1, 'wheelhouse: 1 order may still be working\n']);
  orders = [
    { ...ORDER, working: false },
    { ...ORDER, id: 'by hand', foreign: true },
  ];
  const idle = await wheelhouse('orders', '--expect-none', '--folder', folder);
  assert.deepEqual([idle.code, idle.err], [0, '']);
});

test('nothing decided is a sentence and exit code 1; a day that is none is exit code 2', async (t) => {
  const { folder } = await stage(t);
  const none = await wheelhouse('why', 'TSLA', '--day', '2026-11-19', '--folder', folder);
  assert.deepEqual([none.code, none.err], [1, 'wheelhouse: nothing was decided about TSLA on 2026-11-19\n']);
  const wrong = await wheelhouse('why', 'TSLA', '--day', '2026-02-30', '--folder', folder);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /must be a date like/);
});

test('reconcile brings the token along, says what came of it, and ends with 1 unless the books agree', async (t) => {
  let books: BooksAnswer = await WRITTEN_INQUIRIES.books();
  const { folder, controls } = await stage(t, { inquiries: { ...WRITTEN_INQUIRIES, books: async () => books } });
  const agreed = await wheelhouse('reconcile', '--folder', folder);
  assert.deepEqual([agreed.code, controls.asked], [0, ['reconcile by command line']]);
  assert.match(agreed.out, /^Books agreed: 1 position, 0 open orders/);
  const text = 'SPY 620 put 2026-04-24: -2 in our books, -3 at the broker';
  const difference = { kind: 'unexplained', symbol: 'SPY', text, evidence: [], effect: 'halt' };
  books = { ...books, state: 'differs', reason: text, differences: [difference] };
  const differs = await wheelhouse('reconcile', '--accept', '--folder', folder);
  assert.deepEqual([differs.code, controls.asked[1]], [1, 'accept by command line']);
  assert.match(differs.out, /unexplained: SPY 620 put/);
  assert.equal(differs.err, 'wheelhouse: the books do not agree: differs\n');
});

test('resume ends with 1 when it is refused, halted or not', async (t) => {
  const { folder, board, controls } = await stage(t);
  board.change(halted(true));
  assert.equal((await wheelhouse('resume', '--folder', folder)).out, 'Orders may be sent again.\n');
  controls.obstacle = 'Not resumed: the books are not reconciled.';
  const refused = await wheelhouse('resume', '--folder', folder);
  assert.deepEqual([refused.code, refused.err], [1, 'wheelhouse: Not resumed: the books are not reconciled.\n']);
  const { done, message } = JSON.parse((await wheelhouse('resume', '--json', '--folder', folder)).out);
  assert.deepEqual([done, message], [false, 'Not resumed: the books are not reconciled.']);
});

test('an address that is named is not told the token of another appliance', async (t) => {
  const { folder, address, controls } = await stage(t);
  const without = await wheelhouse('resume', '--page', `${address}?elsewhere`, '--folder', folder);
  assert.equal(without.code, 2);
  assert.match(
    without.err,
    /^wheelhouse: the token is needed, and none has been left here .*: --token, or WHEELHOUSE_TOKEN\n$/,
  );
  const wrong = await wheelhouse('resume', '--page', address, '--token', 'guessed');
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /That is not the token/);
  assert.deepEqual(controls.asked, []);
});

test('schedule takes the same way, and ends with 1 and the sentence when it is refused', async (t) => {
  const { folder, controls } = await stage(t);
  assert.equal((await wheelhouse('schedule', 'pause', '--folder', folder)).out, 'Done: pause.\n');
  assert.deepEqual(controls.asked, ['pause by command line']);
  controls.obstacle = 'Not started: it is disabled.';
  const refused = await wheelhouse('schedule', 'run', 'execute', '--folder', folder);
  assert.deepEqual([refused.code, refused.out, refused.err], [1, '', 'wheelhouse: Not started: it is disabled.\n']);
});

test('status shows the agent though its guard does not answer, and says so', async (t) => {
  const { folder } = await stage(t);
  const { code, out, err } = await wheelhouse('status', '--guard-config', '/nowhere.json', '--folder', folder);
  assert.equal(code, 1);
  assert.match(out, /^Wheelhouse .*\nTrading /);
  assert.match(err, /\/nowhere\.json/);
  const json = await wheelhouse('status', '--json', '--guard-config', '/nowhere.json', '--folder', folder);
  const { agent, guard, problems } = JSON.parse(json.out);
  assert.deepEqual([agent.run, guard, problems.length], ['demo', null, 1]);
});

test('wrong addresses and words are refused with a sentence and their exit code', () => {
  const refused = [
    [['orders', '--page', 'nonsense'], /"nonsense" is no address/, 2],
    [['orders', '--page', 'http://127.0.0.1:9'], /no appliance answers at http:\/\/127\.0\.0\.1:9: is it running\?/, 1],
    [['why'], /missing required argument/, 2],
    [['status', '--config', '/nowhere.yaml'], /^wheelhouse: a problem [^:]*\n {2}\/nowhere.yaml:1:1 [^\n]*\n$/, 2],
    [['positions', 'all'], /too many arguments/, 2],
  ] as const;
  const ran = callsInTurn(refused.map(([args]) => args));
  for (const [i, [args, sentence, code]] of refused.entries()) {
    assert.deepEqual([ran[i]?.code, ran[i]?.out], [code, ''], args.join(' '));
    assert.match(ran[i]?.err ?? '', sentence);
  }
});
