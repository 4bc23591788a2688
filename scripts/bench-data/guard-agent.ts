import { connect, type Socket } from 'node:net';
import { encodeFrame } from '../../agent/ground/wire/frame.ts';
import { GREETING } from '../../agent/ground/wire/handshake.ts';
import { orderFrame } from './guard-frames.ts';

/*
 * A trading process in some state of distress: guard-agent.ts PORT CONTRACT MODE, with the contract's id or 0, and one of idle,
 * loop, flood, reconnect. It places orders far from the market as soon as its session is up.
 */

const [port, conId, mode] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const LAST_OF_WELCOME = '2158';
let nextId = 1;

function order(): Buffer {
  nextId += 1;
  return orderFrame(nextId, conId);
}

function session(): void {
  const socket = connect(port, '127.0.0.1');
  let welcome = '';
  socket.on('error', () => undefined);
  socket.on('connect', () => {
    const versions = encodeFrame(['v157..178']);
    versions.writeUInt32BE(versions.length - 5, 0);
    socket.write(Buffer.concat([Buffer.from(GREETING, 'latin1'), versions.subarray(0, -1)]));
  });
  socket.on('data', (chunk) => {
    if (welcome.includes(LAST_OF_WELCOME)) return;
    if (welcome === '') socket.write(encodeFrame([71, 2, 1, '']));
    welcome += chunk.toString('latin1');
    if (welcome.includes(LAST_OF_WELCOME)) begin(socket);
  });
  if (mode === 'reconnect') socket.on('close', () => setTimeout(session, 5));
}

function begin(socket: Socket): void {
  socket.write(Buffer.concat([order(), order(), order()]));
  if (mode === 'flood') flood(socket);
  if (mode === 'reconnect') setTimeout(() => socket.destroy(), 15);
  if (mode === 'loop') {
    setTimeout(() => {
      for (;;);
    }, 100);
  }
}

function flood(socket: Socket): void {
  while (socket.write(Buffer.concat([order(), encodeFrame([49, 1])])));
  socket.once('drain', () => flood(socket));
}

session();
