import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log } from '../../../../agent/edges/system/log.ts';
import { encodeError } from '../../../../agent/ground/wire/session-messages.ts';
import { type Bench, bench, T0 } from './puppet-gateway.ts';

function written(): { readonly lines: string[]; readonly log: Log } {
  const lines: string[] = [];
  const none = (): void => undefined;
  const keep = (fields: { state?: unknown; reason?: unknown; failures?: unknown }, sentence: string): void => {
    const { state, reason, failures } = fields;
    lines.push([sentence, state, reason, failures].filter((part) => part !== undefined).join(' | '));
  };
  const log: Log = { debug: none, info: keep, warn: keep, error: keep, child: () => log };
  return { lines, log };
}

/** One more attempt that fails. */
async function again({ broker, clock, until }: Bench): Promise<void> {
  await until('it is down', () => broker.link.state === 'down');
  await clock.advanceTo(clock.nextAlarm as number);
  await until('it has failed again', () => broker.link.state === 'down');
}

test('an hour without a gateway is told in its first reason and one line in ten minutes', async (t) => {
  const { lines, log } = written();
  const at = await bench(t, { log });
  await at.ready();
  await at.gateway.stop();
  while (at.clock.now() < T0 + 59 * 60_000) await again(at);
  assert.equal(lines.length, 2 + 1 + 5, lines.join('\n'));
  assert.match(lines[2] as string, /down \| the connection was closed/);
  for (const line of lines.slice(3)) assert.match(line, /down \| .*ECONNREFUSED.* \| \d+$/);
});

test('a broker that turns every connection away says so once', async (t) => {
  const { lines, log } = written();
  const at = await bench(t, { log });
  at.gateway.busy = 10;
  await at.broker.start();
  for (let attempt = 0; attempt < 9; attempt += 1) await again(at);
  assert.equal(lines.filter((line) => line.includes('already in use')).length, 2, lines.join('\n'));
  assert.equal(lines.length, 3);
});

test('every real change of the link has its line', async (t) => {
  const { lines, log } = written();
  const { broker, gateway, clock, ready, until } = await bench(t, { log });
  await ready();
  gateway.drop();
  await until('it is down', () => broker.link.state === 'down');
  await clock.advanceTo(T0 + 1_000);
  await until('it is ready again', () => broker.link.state === 'ready');
  gateway.send(encodeError(-1, 1100, 'lost'));
  await until('it is degraded', () => broker.link.state === 'degraded');
  gateway.send(encodeError(-1, 1102, 'back'));
  await until('it is ready', () => broker.link.state === 'ready');
  await broker.stop();
  const states = lines.flatMap((line) => /^link to the broker \| (\w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(states, ['connecting', 'ready', 'down', 'ready', 'degraded', 'ready', 'down']);
  assert.ok(lines.includes('the broker says | lost'), lines.join('\n'));
});
