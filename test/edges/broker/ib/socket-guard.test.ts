import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameLengths } from '../../../../agent/edges/broker/ib/socket-guard.ts';
import { encodeFrame } from '../../../../agent/ground/wire/frame.ts';

test('sound frames pass however the stream is cut, and a length beyond all bounds is found', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, cuts, (lengths, steps) => {
      const sound = Buffer.concat(lengths.map((length) => encodeFrame(['x'.repeat(length)])));
      const check = (bytes: Buffer): void => {
        const frames = new FrameLengths();
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const step = steps[turn % steps.length] as number;
          frames.check(bytes.subarray(at, at + step));
          at += step;
        }
      };
      check(sound);
      assert.throws(() => check(Buffer.concat([sound, Buffer.from([0, 0x08, 0, 0x01])])), /announced/);
      assert.throws(() => check(Buffer.concat([sound, Buffer.from([0x01, 0, 0, 0])])), /announced/);
      assert.throws(() => check(Buffer.concat([sound, Buffer.from([0xff, 0xff, 0xff, 0xfc])])), /announced/);
    }),
  );
});
