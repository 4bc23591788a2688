import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bodyOf, encodeFrame, MAX_BODY } from '../../../agent/ground/wire/frame.ts';
import { FrameSplitter } from '../../../agent/ground/wire/frame-splitter.ts';

function split(splitter: FrameSplitter, ...chunks: Buffer[]): string[] {
  const found: string[] = [];
  for (const chunk of chunks) splitter.push(chunk, (frame) => found.push(bodyOf(frame).toString('latin1')));
  return found;
}

const none = () => assert.fail('there is no frame');

test('a stream cut anywhere gives the frames that were written', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 12 });
  const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(bodies, cuts, (written, lengths) => {
      const stream = Buffer.concat(
        written.map((body) => {
          const frame = Buffer.alloc(4 + body.length);
          frame.writeUInt32BE(body.length);
          frame.set(body, 4);
          return frame;
        }),
      );
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < stream.length; i += 1) {
        const length = 1 + (lengths[i % lengths.length] as number) ** 2;
        chunks.push(stream.subarray(at, at + length));
        at += length;
      }
      assert.deepEqual(
        split(new FrameSplitter(), ...chunks),
        written.map((body) => Buffer.from(body).toString('latin1')),
      );
    }),
  );
});

test('any bytes either give frames or end the stream with a length error, and always return', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
      const splitter = new FrameSplitter({ maxBody: 100_000 });
      try {
        for (const chunk of chunks) splitter.push(Buffer.from(chunk), () => {});
      } catch (error) {
        assert.equal((error as { code: string }).code, 'frame-length');
      }
      assert.ok(splitter.waiting <= 100_004);
    }),
  );
});

test('a whole frame is a view of the chunk it came in', () => {
  const chunk = Buffer.concat([encodeFrame([49, 1]), encodeFrame([8, 1, 1])]);
  const frames: Buffer[] = [];
  new FrameSplitter().push(chunk, (frame) => frames.push(frame));
  assert.deepEqual(
    frames.map((frame) => [frame.buffer === chunk.buffer, frame.byteOffset - chunk.byteOffset]),
    [
      [true, 0],
      [true, 9],
    ],
  );
});

test('a length with the top bit set and one above the limit end the stream at once', () => {
  for (const length of [0xff_ff_ff_ff, 0xff_ff_ff_fc, 0x80_00_00_00, MAX_BODY + 1]) {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32BE(length);
    const splitter = new FrameSplitter();
    assert.throws(() => splitter.push(bytes, none), { code: 'frame-length' });
    const slow = new FrameSplitter();
    assert.throws(
      () => {
        for (const byte of bytes) slow.push(Buffer.from([byte]), none);
      },
      { code: 'frame-length' },
    );
  }
});

test('the longest allowed body passes, also in pieces', () => {
  const frame = Buffer.alloc(4 + MAX_BODY, 65);
  frame.writeUInt32BE(MAX_BODY);
  let size = 0;
  const splitter = new FrameSplitter();
  for (let at = 0; at < frame.length; at += 65_536) {
    splitter.push(frame.subarray(at, at + 65_536), (found) => {
      size = found.length;
    });
  }
  assert.equal(size, frame.length);
});

test('an empty body is a frame', () => {
  assert.deepEqual(split(new FrameSplitter(), Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 65])), ['', 'A']);
});

test('the greeting comes first, in one piece or byte by byte, and anything else is refused', () => {
  const stream = Buffer.concat([Buffer.from('API\0'), encodeFrame(['v100..193'])]);
  const whole = new FrameSplitter({ preamble: 'API\0' });
  assert.deepEqual(split(whole, stream), ['v100..193\0']);
  const slow = new FrameSplitter({ preamble: 'API\0' });
  assert.deepEqual(split(slow, ...Array.from(stream, (byte) => Buffer.from([byte]))), ['v100..193\0']);
  assert.throws(() => split(new FrameSplitter({ preamble: 'API\0' }), Buffer.from('GET / HTTP/1.1')), {
    code: 'greeting',
  });
});

test('a declared length alone does not reserve memory', () => {
  const splitter = new FrameSplitter();
  const before = process.memoryUsage().arrayBuffers;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAX_BODY);
  splitter.push(length, none);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});
