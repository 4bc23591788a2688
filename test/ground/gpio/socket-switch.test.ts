import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SocketSwitch } from '../../../agent/ground/gpio/socket-switch.ts';
import type { SwitchState } from '../../../agent/ground/gpio/switch.ts';

/** Two contacts as a socket. */
async function contacts(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'contacts-'));
  const path = join(folder, 'contacts.sock');
  const wires = { levels: '0 1', answers: true, last: null as Socket | null };
  const server = createServer((socket) => {
    wires.last = socket;
    socket.on('error', () => undefined).on('data', () => wires.answers && socket.write(`${wires.levels}\n`));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const red = new SocketSwitch(path);
  t.after(() => {
    red.close();
    wires.last?.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, red, wires, server };
}

async function becomes(red: SocketSwitch, state: SwitchState): Promise<void> {
  while (red.read() !== state) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('all four states are read, and an edge is told without being asked', { timeout: 5_000 }, async (t) => {
  const { red, wires } = await contacts(t);
  await red.ready();
  assert.equal(red.read(), 'normal');
  const edge = new Promise<void>((resolve) => red.watch(resolve));
  wires.last?.write('1 0\n');
  await edge;
  assert.equal(red.read(), 'pressed');
  for (const [levels, state] of [
    ['1 1', 'broken'],
    ['0 0', 'shorted'],
    ['0 1', 'normal'],
    ['nonsense', 'broken'],
  ] as const) {
    wires.levels = levels;
    await becomes(red, state);
  }
});

test('a socket that nobody listens on, that hangs up or falls silent is a broken wire', {
  timeout: 5_000,
}, async (t) => {
  const nobody = new SocketSwitch('/nowhere/contacts.sock');
  await nobody.ready();
  assert.equal(nobody.read(), 'broken');
  const { red, wires } = await contacts(t);
  await red.ready();
  assert.equal(red.read(), 'normal');
  wires.last?.destroy();
  await becomes(red, 'broken');
  await becomes(red, 'normal');
  wires.answers = false;
  await becomes(red, 'broken');
});
