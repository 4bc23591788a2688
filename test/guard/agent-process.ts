import { connect, type Socket } from 'node:net';
import { encodeFrame } from '../../agent/ground/wire/frame.ts';
import { orderFields } from './order-frames.ts';

/* A trading process in some state of distress: agent-process.ts PORT CONTRACT MODE. Speaks 178 and places far from the market. */

const [port, conId, mode] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
let nextId = 1;

function greeted(socket: Socket, then: () => void): void {
  let seen = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    if (seen.length > 1 << 20) return;
    if (seen.length === 0) socket.write(encodeFrame([71, 2, 1, '']));
    const before = seen.includes('2158');
    seen = Buffer.concat([seen, chunk as Buffer]);
    if (!before && seen.includes('2158')) then();
  });
  const versions = Buffer.from('v157..178');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(versions.length);
  socket.write(Buffer.concat([Buffer.from('API\0'), length, versions]));
}

function order(): Buffer {
  const frame = encodeFrame(orderFields({ orderId: nextId, conId, limit: 90, ref: `distress-${nextId}` }));
  nextId += 1;
  return frame;
}

function flood(socket: Socket): void {
  while (socket.write(Buffer.concat([order(), encodeFrame([49, 1])])));
  socket.once('drain', () => flood(socket));
}

function session(): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('connect', () => greeted(socket, () => begin(socket)));
  if (mode === 'reconnect') socket.on('close', () => setTimeout(session, 5));
}

function begin(socket: Socket): void {
  socket.write(Buffer.concat([order(), order(), order()]), () => process.stdout.write('ready\n'));
  if (mode === 'flood') flood(socket);
  if (mode === 'reconnect') setTimeout(() => socket.destroy(), 15);
  if (mode === 'loop') {
    setTimeout(() => {
      for (;;);
    }, 300);
  }
}

session();
