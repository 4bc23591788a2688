import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { encodeFrame } from '../../agent/ground/wire/frame.ts';
import { GREETING } from '../../agent/ground/wire/handshake.ts';
import { orderFrame } from '../bench-data/guard-frames.ts';
import { GuardStand, percentile, preferThis, realTime } from '../bench-data/guard-stand.ts';
import type { Measure } from './measure.ts';

export const title = 'Guard: what it costs a frame to pass, in real processes';

const FRAMES = 1_000_000;
const PINGS = 3_000;
const ORDERS = 1_000;

export async function run(): Promise<Measure[]> {
  preferThis();
  await compiled();
  const stand = new GuardStand();
  await stand.start(0);
  realTime(stand.pid);
  try {
    const agent = await session(stand.port);
    const gateway = stand.gateway.sockets.get('1') as Socket;
    const tick = encodeFrame([1, 6, 1_000_000_001, 1, 432.15, 100, 0]);
    const resident = residentMiB(stand.pid);
    const through = await pings(agent, stand);
    const direct = await directPings();
    const inward = await flood(gateway, agent, tick);
    const outward = await floodOut(stand, agent);
    const flooded = residentMiB(stand.pid);
    const orders = await timed(agent, stand, (n) => orderFrame(n + 1), { count: ORDERS, id: 3 });
    return [
      { name: 'frames from the gateway', unit: '/s', value: inward, atLeast: 50_000, aim: 200_000 },
      { name: 'frames from the agent', unit: '/s', value: outward, atLeast: 50_000, aim: 200_000 },
      { name: 'added delay, p50', unit: 'ms', value: percentile(through, 0.5) - percentile(direct, 0.5), aim: 0.1 },
      { name: 'added delay, p99', unit: 'ms', value: percentile(through, 0.99) - percentile(direct, 0.99), atMost: 2 },
      { name: 'an order: judged, recorded, passed, p50', unit: 'ms', value: percentile(orders, 0.5) },
      { name: 'an order: judged, recorded, passed, p99', unit: 'ms', value: percentile(orders, 0.99) },
      { name: 'resident, idle', unit: 'MiB', value: resident, atMost: 60 },
      { name: 'resident, after a million frames at once each way', unit: 'MiB', value: flooded, atMost: 60 },
      { name: 'resident at most, orders included', unit: 'MiB', value: residentMiB(stand.pid, 'VmHWM'), atMost: 60 },
    ];
  } finally {
    stand.stop();
  }
}

/** What strips the types of a source that has changed stays in the memory of the process that did it; a package has no types. */
async function compiled(): Promise<void> {
  const first = new GuardStand();
  await first.start(0);
  first.stop();
}

/** Greeted and started. */
async function session(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const versions = encodeFrame(['v157..178']);
  versions.writeUInt32BE(versions.length - 5, 0);
  socket.write(Buffer.concat([Buffer.from(GREETING, 'latin1'), versions.subarray(0, -1)]));
  await new Promise((done) => socket.once('data', done));
  socket.write(encodeFrame([71, 2, 1, '']));
  await new Promise((done) => socket.once('data', done));
  return socket;
}

async function flood(from: Socket, to: Socket, frame: Buffer): Promise<number> {
  const together = Buffer.concat(new Array<Buffer>(1_000).fill(frame));
  let left = FRAMES * frame.length;
  const all = new Promise<void>((done) => {
    const count = (chunk: Buffer | string): void => {
      left -= chunk.length;
      if (left > 0) return;
      to.off('data', count);
      done();
    };
    to.on('data', count);
  });
  const start = performance.now();
  for (let sent = 0; sent < FRAMES; sent += 1_000) {
    if (!from.write(together)) await new Promise((done) => from.once('drain', done));
  }
  await all;
  return (FRAMES * 1_000) / (performance.now() - start);
}

async function floodOut(stand: GuardStand, agent: Socket): Promise<number> {
  const frame = encodeFrame([104, 1_000_000_001]);
  const together = Buffer.concat(new Array<Buffer>(1_000).fill(frame));
  let left = FRAMES;
  const all = new Promise<void>((done) => {
    stand.gateway.onMessage = (id) => {
      if (id === 104) left -= 1;
      if (left === 0) done();
    };
  });
  const start = performance.now();
  for (let sent = 0; sent < FRAMES; sent += 1_000) {
    if (!agent.write(together)) await new Promise((done) => agent.once('drain', done));
  }
  await all;
  return (FRAMES * 1_000) / (performance.now() - start);
}

function pings(agent: Socket, stand: GuardStand): Promise<number[]> {
  return timed(agent, stand, () => encodeFrame([104, 1]), { count: PINGS, id: 104 });
}

async function timed(
  agent: Socket,
  stand: GuardStand,
  frame: (n: number) => Buffer,
  { count, id }: { readonly count: number; readonly id: number },
): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const arrived = new Promise<number>((done) => {
      stand.gateway.onMessage = (seen) => seen === id && done(performance.now());
    });
    const start = performance.now();
    agent.write(frame(n));
    delays.push((await arrived) - start);
  }
  return delays;
}

/** The same frame over one socket without a guard. */
async function directPings(): Promise<number[]> {
  let arrived: (at: number) => void = () => undefined;
  const server = createServer({ noDelay: true }, (socket) => socket.on('data', () => arrived(performance.now())));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((done) => socket.once('connect', done));
  const frame = encodeFrame([104, 1]);
  const delays: number[] = [];
  for (let n = 0; n < PINGS; n += 1) {
    const seen = new Promise<number>((done) => {
      arrived = done;
    });
    const start = performance.now();
    socket.write(frame);
    delays.push((await seen) - start);
  }
  socket.destroy();
  server.close();
  return delays;
}

/** @param line the highest that it ever was: `VmHWM` */
function residentMiB(pid: number, line = 'VmRSS'): number {
  const kilobytes = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
