import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { bodyOf, encodeFrame } from '../../agent/ground/wire/frame.ts';
import { FrameSplitter } from '../../agent/ground/wire/frame-splitter.ts';
import { decodePlaceOrder } from '../../agent/ground/wire/place-order.ts';
import { orderFields } from './order-frames.ts';
import { guardFiles, spawnGuard } from './rig.ts';

/** `GUARD_FUZZ_FRAMES=1000000` for the whole of it. */
const FRAMES = Number(process.env.GUARD_FUZZ_FRAMES ?? 40_000);

type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ODD = ['', '0', '-1', '1', '2147483648', '1e308', 'NaN', 'x', '\u0001', 'SPY', '-0.01', '9'.repeat(30), 'é'];

/** An order with some fields spoiled: none of them is of the account. */
function spoiledOrder(random: Random): Buffer {
  const fields = orderFields({ orderId: random(1_000) }, { account: 'DU6666666' });
  for (let n = random(4); n >= 0; n -= 1) fields[1 + random(fields.length - 1)] = ODD[random(ODD.length)] as string;
  fields[23] = 'DU6666666';
  return encodeFrame(random(20) === 0 ? fields.slice(0, random(fields.length)) : fields);
}

/** Mostly frames that are sound as frames; now and then bytes that end a connection. */
function frameOf(random: Random): Buffer {
  const kind = random(4_000);
  if (kind === 0) return Buffer.from([255 - random(128), random(256), random(256), random(256)]);
  if (kind === 1) return Buffer.from(Array.from({ length: random(40) }, () => random(256)));
  if (kind === 2) return encodeFrame([3]).subarray(0, -1 - random(2));
  if (kind < 400) return spoiledOrder(random);
  if (kind < 600) return encodeFrame([4, ODD[random(ODD.length)] as string]);
  if (kind < 700) return encodeFrame([[58, 21, 71, 4, 5][random(5)] as number, ODD[random(ODD.length)] as string]);
  const fields = Array.from({ length: random(12) }, () => ODD[random(ODD.length)] as string);
  return encodeFrame([1 + random(120), ...fields]);
}

/** Greets, starts, answers the time and lists nothing; keeps what it was asked to order. */
async function gateway(t: TestContext, noise: (() => Buffer) | null) {
  const orders: Buffer[] = [];
  const sockets = new Set<Socket>();
  let cancels = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const splitter = new FrameSplitter({ preamble: 'API\0' });
    let greeted = false;
    socket.on('data', (chunk: NonSharedBuffer) => {
      splitter.push(chunk, (frame) => {
        const fields = frame.toString('latin1', 4).split('\0');
        if (!greeted) socket.write(encodeFrame([178, '20261120 10:00:00 EST']));
        else if (fields[0] === '71') socket.write(encodeFrame([9, 1, 1]));
        else if (fields[0] === '49') socket.write(encodeFrame([49, 1, 1]));
        else if (fields[0] === '16') socket.write(encodeFrame([53, 1]));
        else if (fields[0] === '3') orders.push(Buffer.from(bodyOf(frame)));
        else if (fields[0] === '58') cancels += 1;
        greeted = true;
        if (noise !== null && fields[0] === '71') socket.write(Buffer.concat(Array.from({ length: 200 }, noise)));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { orders, port: (server.address() as { port: number }).port, cancels: () => cancels };
}

/** One connection until it is closed, or until it has sent its share. */
function attack(port: number, random: Random, frames: number): Promise<number> {
  return new Promise((resolve) => {
    let sent = 0;
    const socket = connect(port, '127.0.0.1');
    const done = (): void => {
      socket.destroy();
      resolve(sent);
    };
    socket.on('error', done).on('close', done);
    const more = (): void => {
      while (sent < frames) {
        const batch = Array.from({ length: Math.min(50, frames - sent) }, () => frameOf(random));
        sent += batch.length;
        if (!socket.write(Buffer.concat(batch))) {
          socket.once('drain', more);
          return;
        }
      }
      socket.end();
    };
    const versions = Buffer.from([0, 0, 0, 9, ...Buffer.from('v157..178')]);
    socket.write(Buffer.concat([Buffer.from('API\0'), versions]));
    let begun = false;
    socket.on('data', () => {
      if (begun) return;
      begun = true;
      socket.write(encodeFrame([71, 2, 1, '']));
      more();
    });
  });
}

test(`${FRAMES} frames of nonsense from the agent: no order passes, and the guard and its kill path go on`, {
  timeout: 220_000,
}, async (t) => {
  const exchange = await gateway(t, null);
  const rig = await guardFiles(t, {
    gatewayPort: exchange.port,
    limits: { account: 'DU1111111' },
    timing: { beat: 500 },
  });
  const guard = await spawnGuard(t, rig);
  await rig.until((status) => status.closed === null);
  let seed = 1;
  let opened = 0;
  for (let sent = 0; sent < FRAMES; seed += 1) {
    sent += await attack(rig.port, randomFrom(seed), 2_000);
    // The first sound order of a wrong account trips it: open the gate again, so that it is tried open.
    if (!(await rig.ask({ do: 'reset', unconfirmed: true })).ok) continue;
    await rig.ask({ do: 'arm' });
    opened += 1;
  }
  assert.ok(opened > 5, String(opened));
  assert.equal(guard.exitCode, null);
  const passed = exchange.orders.map((body) => decodePlaceOrder(body, 178));
  assert.ok(
    passed.every((order) => order.whatIf),
    'only what asks for margins passed',
  );
  const before = exchange.cancels();
  await rig.ask({ do: 'halt', reason: 'after the storm' });
  await rig.until((status) => status.halted === 'confirmed');
  assert.ok(exchange.cancels() > before);
});

test('nonsense from the gateway ends connections, never the guard', { timeout: 60_000 }, async (t) => {
  const random = randomFrom(99);
  let loud = true;
  const exchange = await gateway(t, () => (loud ? frameOf(random) : encodeFrame([49, 1, 1])));
  const rig = await guardFiles(t, { gatewayPort: exchange.port });
  const guard = await spawnGuard(t, rig);
  for (let seed = 1; seed < 30; seed += 1) await attack(rig.port, randomFrom(seed), 100);
  assert.equal(guard.exitCode, null);
  loud = false;
  await rig.until((status) => status.link === null);
  rig.press();
  await rig.until((status) => status.halted === 'confirmed');
});
