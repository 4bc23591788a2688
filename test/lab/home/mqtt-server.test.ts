import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAsync } from 'mqtt';
import { HomeMqttServer } from '../../../agent/lab/home/mqtt-server.ts';

test('the home broker keeps what is retained, says the last will, and lets go when it stops', async () => {
  const home = new HomeMqttServer();
  await home.start();
  assert.match(home.url, /^mqtt:\/\/127\.0\.0\.1:\d+$/);
  const will = { topic: 'box/availability', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
  const options = { protocolVersion: 4 as const, reconnectPeriod: 0 };
  const box = await connectAsync(home.url, { ...options, will });
  await box.publishAsync('box/availability', 'online', { qos: 1, retain: true });
  const owner = await connectAsync(home.url, options);
  const said: string[] = [];
  owner.on('message', (_topic, payload) => said.push(String(payload)));
  await owner.subscribeAsync('box/#');
  const next = (): Promise<unknown> => new Promise((resolve) => owner.once('message', resolve));
  if (said.length === 0) await next();
  box.stream.destroy();
  while (said.length < 2) await next();
  assert.deepEqual(said, ['online', 'offline']);
  const closed = new Promise<void>((resolve) => owner.once('close', () => resolve()));
  await home.stop();
  await closed;
  assert.equal(home.url, '');
});
