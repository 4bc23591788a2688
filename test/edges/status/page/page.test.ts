import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../../../agent/edges/status/page/live-feed.ts';
import { Page, type PageOptions } from '../../../../agent/edges/status/page/page.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { WRITTEN_INQUIRIES } from '../inquiries-fixture.ts';
import { eventually } from '../mqtt/wire.ts';
import { halted, SILENT, snapshot, WrittenBoard, WrittenControls } from '../snapshot-fixture.ts';
import { TOKEN, writtenPage } from './rig.ts';

interface PageRig {
  readonly page: Page;
  readonly board: WrittenBoard;
  readonly clock: ManualClock;
}

async function started(t: TestContext, changes: Partial<PageOptions> = {}): Promise<PageRig> {
  const clock = new ManualClock(1_800_000_000_000);
  const { page, board } = writtenPage(clock, changes);
  await page.start();
  t.after(() => page.stop());
  return { page, board, clock };
}

interface Follower {
  readonly socket: WebSocket;
  readonly messages: LiveMessage[];
}

async function follow(t: TestContext, { page }: PageRig, headers: Record<string, string> = {}): Promise<Follower> {
  const socket = new WebSocket(`${page.address.replace('http', 'ws')}live`, { headers });
  t.after(() => socket.terminate());
  const messages: LiveMessage[] = [];
  socket.on('message', (text) => messages.push(JSON.parse(String(text)) as LiveMessage));
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  await eventually('the first message', () => messages.length === 1);
  return { socket, messages };
}

test('a page that opens gets everything, then only the panels that change', async (t) => {
  const rig = await started(t);
  const { messages } = await follow(t, rig);
  assert.deepEqual([messages[0]?.full, messages[0]?.sequence], [true, 1]);
  assert.equal(Object.keys(messages[0]?.panels ?? {}).length, 16);
  rig.board.change({ orders: [] });
  rig.board.change(halted(false));
  await rig.clock.advanceTo(rig.clock.now() + 200);
  await eventually('the change', () => messages.length === 2);
  const change = messages[1];
  assert.deepEqual([change?.full, change?.sequence, change?.trading], [false, 3, 'halted']);
  assert.deepEqual(Object.keys(change?.panels ?? {}).sort(), ['banner', 'halt', 'lights', 'orders']);
  assert.equal(change?.title, 'HALTED · Wheelhouse demo');
});

test('a change that nobody can see is not sent, but the page is told every 20 s that all is well', async (t) => {
  const rig = await started(t);
  const { messages } = await follow(t, rig);
  rig.board.change({});
  await rig.clock.advanceTo(rig.clock.now() + 19_000);
  await rig.clock.advanceTo(rig.clock.now() + 1000);
  await eventually('the sign of life', () => messages.length === 2);
  assert.deepEqual(messages[1]?.panels, {});
  assert.equal(messages[1]?.at, snapshot().at + 20_000);
});

test('the time of the market goes on between changes, as fast as the demo runs', async (t) => {
  const rig = await started(t);
  rig.board.change({ speed: 60 });
  await rig.clock.advanceTo(rig.clock.now() + 1000);
  const { messages } = await follow(t, rig);
  assert.equal(messages[0]?.at, snapshot().at + 60_000);
  assert.match(messages[0]?.panels['market-time'] ?? '', /12:05/);
  assert.match(await (await fetch(rig.page.address)).text(), /1 min old/);
});

test('a socket from another page, for another name or to another path is refused', async (t) => {
  const rig = await started(t);
  await assert.rejects(follow(t, rig, { origin: 'http://evil.example' }), /403/);
  await assert.rejects(follow(t, rig, { host: 'evil.example' }), /403/);
  const other = new WebSocket(`${rig.page.address.replace('http', 'ws')}other`);
  const refused = await new Promise<Error>((resolve) => other.on('error', resolve));
  assert.match(refused.message, /404/);
});

test('beyond loopback a socket needs a session before it is opened', async (t) => {
  const rig = await started(t, { host: '0.0.0.0' });
  await assert.rejects(follow(t, rig), /401/);
});

test('the twenty-first page is refused, and a message that is too long ends its sender only', async (t) => {
  const rig = await started(t);
  const followers: Follower[] = [];
  for (let index = 0; index < 20; index += 1) followers.push(await follow(t, rig));
  await assert.rejects(follow(t, rig), /503/);
  const [first, second] = followers;
  first?.socket.send('x'.repeat(5000));
  await eventually('the long one is out', () => first?.socket.readyState === WebSocket.CLOSED);
  assert.equal(second?.socket.readyState, WebSocket.OPEN);
  await follow(t, rig);
});

test('a page that reads too slowly is let go', async (t) => {
  const rig = await started(t);
  const quick = await follow(t, rig);
  const slow = await follow(t, rig);
  slow.socket.pause();
  const text = 'x'.repeat(200_000);
  for (let index = 0; index < 60; index += 1) {
    rig.board.change({ alerts: [{ severity: 'info', text: `${index}${text}`, raisedAt: 0 }] });
    await rig.clock.advanceTo(rig.clock.now() + 200);
    await eventually('the quick one has it', () => quick.messages.length === index + 2);
  }
  slow.socket.resume();
  await eventually('the slow one is let go', () => slow.socket.readyState === WebSocket.CLOSED);
  assert.equal(quick.socket.readyState, WebSocket.OPEN);
});

test('a page that does not answer a ping is let go with the next one', async (t) => {
  const rig = await started(t);
  const { socket, messages } = await follow(t, rig);
  // The answer is lost on its way.
  socket.pong = () => {};
  await rig.clock.advanceTo(rig.clock.now() + 20_000);
  await eventually('the sign of life', () => messages.length === 2);
  assert.equal(socket.readyState, WebSocket.OPEN);
  await rig.clock.advanceTo(rig.clock.now() + 20_000);
  await eventually('it is let go', () => socket.readyState === WebSocket.CLOSED);
});

test('a port in use is one clear sentence with a code, and nothing stays behind', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const board = new WrittenBoard();
  const clock = new ManualClock(0);
  const controls = new WrittenControls(board);
  const page = new Page({
    board,
    controls,
    inquiries: WRITTEN_INQUIRIES,
    host: '127.0.0.1',
    port,
    token: TOKEN,
    clock,
    log: SILENT,
  });
  await assert.rejects(page.start(), {
    code: 'PAGE_PORT_IN_USE',
    message: `the status page cannot start: port ${port} on 127.0.0.1 is in use by another program`,
  });
  assert.equal(clock.nextAlarm, null);
  const elsewhere = new Page({
    board,
    controls,
    inquiries: WRITTEN_INQUIRIES,
    host: '203.0.113.1',
    port: 0,
    token: TOKEN,
    clock,
    log: SILENT,
  });
  await assert.rejects(elsewhere.start(), { code: 'PAGE_CANNOT_LISTEN' });
});

test('stopped, the page lets go of its pages and its timers', async (t) => {
  const rig = await started(t);
  const { socket } = await follow(t, rig);
  await rig.page.stop();
  await eventually('the socket is closed', () => socket.readyState === WebSocket.CLOSED);
  assert.equal(rig.clock.nextAlarm, null);
  assert.equal(rig.page.address, '');
});
