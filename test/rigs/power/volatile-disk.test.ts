import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { NbdServer } from './nbd-server.ts';
import { BLOCK, VolatileDisk } from './volatile-disk.ts';

const BLOCKS = 8;
const filled = (value: number, count = 1): Buffer => Buffer.alloc(count * BLOCK, value);
const newDisk = (habits = {}): VolatileDisk => new VolatileDisk(Buffer.alloc(BLOCKS * BLOCK), habits);
const blocks = (disk: VolatileDisk): number[] =>
  Array.from({ length: BLOCKS }, (_, block) => disk.read(block * BLOCK, BLOCK)[0] as number);

test('what was flushed or written through is still there after a cut, and nothing else', () => {
  const disk = newDisk();
  disk.write(0, filled(1, 2));
  disk.flush();
  disk.write(BLOCK, filled(2, 2));
  disk.write(4 * BLOCK, filled(3), true);
  assert.deepEqual(blocks(disk), [1, 2, 2, 0, 3, 0, 0, 0]);
  assert.deepEqual(disk.cut('dropped', 1), { unflushed: 2, kept: 0 });
  assert.deepEqual(blocks(disk), [1, 1, 0, 0, 3, 0, 0, 0]);
});

test('what is smaller than a block is written with all that is in its block', () => {
  const disk = newDisk();
  disk.write(0, filled(1));
  disk.write(BLOCK - 512, Buffer.alloc(1024, 2), true);
  disk.write(512, Buffer.alloc(512, 3));
  disk.cut('dropped', 1);
  const found = disk.read(0, 2 * BLOCK);
  assert.deepEqual([found[0], found[512], found[BLOCK - 512], found[BLOCK + 511], found[BLOCK + 512]], [1, 1, 2, 2, 0]);
});

test('a cut that keeps a half leaves in each block what was flushed or one of its later versions, the same for the same seed', () => {
  const writes = fc.array(fc.record({ block: fc.nat(BLOCKS - 1), flush: fc.boolean() }), { maxLength: 30 });
  fc.assert(
    fc.property(writes, fc.nat(), (steps, seed) => {
      const [disk, twin] = [newDisk(), newDisk()];
      const allowed = Array.from({ length: BLOCKS }, () => [0]);
      for (const [index, { block, flush }] of steps.entries()) {
        for (const each of [disk, twin]) each.write(block * BLOCK, filled(index + 1));
        allowed[block]?.push(index + 1);
        if (!flush) continue;
        for (const each of [disk, twin]) each.flush();
        for (const versions of allowed) versions.splice(0, versions.length - 1);
      }
      disk.cut('half kept', seed);
      twin.cut('half kept', seed);
      assert.deepEqual(blocks(disk), blocks(twin));
      for (const [block, value] of blocks(disk).entries()) assert.ok(allowed[block]?.includes(value));
    }),
  );
  const disk = new VolatileDisk(Buffer.alloc(400 * BLOCK));
  disk.write(0, filled(1, 400));
  const { unflushed, kept } = disk.cut('half kept', 7);
  assert.ok(unflushed === 400 && kept > 150 && kept < 250, `${kept} of ${unflushed} kept`);
});

test('a disk that lies forgets what it has said to have flushed', () => {
  const disk = newDisk({ lies: true });
  disk.write(0, filled(1), true);
  disk.flush();
  assert.equal(blocks(disk)[0], 1);
  disk.cut('dropped', 1);
  assert.equal(blocks(disk)[0], 0);
});

test('over NBD a client is told of the cache, its flush keeps, and after the power went it is answered nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-nbd-'));
  const disk = newDisk();
  const server = new NbdServer(disk);
  await server.start(join(folder, 'disk.sock'));
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const client = new Client(connect(join(folder, 'disk.sock')));
  const [size, abilities] = await client.begin();
  assert.deepEqual([size, abilities], [BigInt(BLOCKS * BLOCK), 0b1101], 'it takes flushes and writes through');

  assert.equal(await client.ask(1, 0, filled(1)), 0);
  assert.equal(await client.ask(1, BLOCK, filled(2), 1), 0);
  assert.deepEqual([disk.medium[0], disk.medium[BLOCK]], [0, 2], 'only what was written through');
  assert.equal(await client.ask(3, 0), 0);
  assert.equal(disk.medium[0], 1);
  assert.equal(await client.ask(1, BLOCKS * BLOCK, filled(1)), 22, 'beyond its end');
  assert.equal(await client.ask(0, 0, 2 * BLOCK), 0);
  assert.deepEqual(await client.take(2 * BLOCK), Buffer.concat([filled(1), filled(2)]));

  assert.equal(await client.ask(1, 0, filled(3)), 0);
  const gone = Promise.withResolvers<void>();
  server.onFlush = (moment) => {
    gone.resolve();
    return moment === 'asked';
  };
  client.say(3, 0);
  client.say(1, 2 * BLOCK, filled(4), 1);
  await gone.promise;
  const closed = once(client.socket, 'close');
  server.restoreSupply();
  await closed;
  assert.equal(client.unread, 0);
  assert.deepEqual([disk.medium[0], disk.medium[2 * BLOCK]], [1, 0]);
});

/** As much of the protocol as a test needs. */
class Client {
  readonly socket: Socket;
  #heard: Buffer = Buffer.alloc(0);
  #hear: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, bytes]);
      this.#hear();
    });
  }

  get unread(): number {
    return this.#heard.length;
  }

  async begin(): Promise<readonly [bigint, number]> {
    assert.equal((await this.take(18)).toString('latin1', 0, 16), 'NBDMAGICIHAVEOPT');
    const go = Buffer.alloc(4 + 16 + 6);
    go.writeUInt32BE(3);
    go.write('IHAVEOPT', 4);
    go.writeUInt32BE(7, 12);
    go.writeUInt32BE(6, 16);
    this.socket.write(go);
    const told = await this.take(20 + 12);
    assert.equal((await this.take(20)).readUInt32BE(12), 1, 'acknowledged');
    return [told.readBigUInt64BE(22), told.readUInt16BE(30)];
  }

  say(command: number, offset: number, data: Buffer | number = 0, flags = 0): void {
    const request = Buffer.alloc(28);
    request.writeUInt32BE(0x25609513);
    request.writeUInt16BE(flags, 4);
    request.writeUInt16BE(command, 6);
    request.writeBigUInt64BE(BigInt(offset), 16);
    request.writeUInt32BE(typeof data === 'number' ? data : data.length, 24);
    this.socket.write(typeof data === 'number' ? request : Buffer.concat([request, data]));
  }

  async ask(command: number, offset: number, data: Buffer | number = 0, flags = 0): Promise<number> {
    this.say(command, offset, data, flags);
    return (await this.take(16)).readUInt32BE(4);
  }

  /** So many bytes of what it hears. */
  async take(length: number): Promise<Buffer> {
    while (this.#heard.length < length) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#hear = resolve;
      await promise;
    }
    const taken = this.#heard.subarray(0, length);
    this.#heard = this.#heard.subarray(length);
    return taken;
  }
}
