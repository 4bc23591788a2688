import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeChipInfo,
  decodeEvents,
  decodeLevels,
  decodeLineInfo,
  encodeLevels,
  encodeLineInfo,
  encodeLineRequest,
  IOCTL,
  requestedFd,
} from '../../../agent/ground/gpio/line-abi.ts';

// All bytes below were written by a C program from <linux/gpio.h>.

/** A structure of zeros but for some bytes. */
function struct(size: number, bytes: Readonly<Record<number, string>>): Buffer {
  const buffer = Buffer.alloc(size);
  for (const [at, hex] of Object.entries(bytes)) buffer.write(hex, Number(at), 'hex');
  return buffer;
}

test('each ioctl has the number that the header gives it', () => {
  assert.deepEqual(Object.values(IOCTL), [0x8044b401, 0xc100b405, 0xc250b407, 0xc010b40e, 0xc010b40f]);
});

test('two inputs with pull-ups, both edges and debounce are asked for as the kernel reads them', () => {
  const bytes = encodeLineRequest({
    consumer: 'wheelhouse-switch',
    offsets: [5, 6],
    direction: 'input',
    bias: 'pullUp',
    edges: 'both',
    debounceUs: 5000,
  });
  const golden = struct(592, {
    0: '0500000006000000',
    256: '776865656c686f7573652d737769746368',
    288: '3401',
    296: '01',
    320: '03',
    328: '8813',
    336: '03',
    560: '02',
  });
  assert.deepEqual(bytes, golden);
});

test('three outputs, active low, are asked for with the levels they begin with', () => {
  const bytes = encodeLineRequest({
    consumer: 'lights',
    offsets: [17, 27, 22],
    direction: 'output',
    activeLow: true,
    levels: [1, 0, 1],
  });
  const golden = struct(592, {
    0: '110000001b00000016000000',
    256: '6c6967687473',
    288: '0a',
    296: '01',
    320: '02',
    328: '05',
    336: '07',
    560: '03',
  });
  assert.deepEqual(bytes, golden);
});

test('a name longer than the field ends in a zero all the same', () => {
  const bytes = encodeLineRequest({ consumer: 'x'.repeat(40), offsets: [1], direction: 'input' });
  assert.equal(bytes.toString('latin1', 256, 288), `${'x'.repeat(31)}\0`);
  assert.equal(bytes.readBigUInt64LE(288), 4n);
  assert.equal(bytes.readUInt32LE(296), 0);
});

test('no line, 65 lines, and levels for other lines are refused', () => {
  const many = Array.from({ length: 65 }, (_, index) => index);
  assert.throws(() => encodeLineRequest({ consumer: '', offsets: [], direction: 'input' }), RangeError);
  assert.throws(() => encodeLineRequest({ consumer: '', offsets: many, direction: 'input' }), RangeError);
  assert.throws(() => encodeLineRequest({ consumer: '', offsets: [1], direction: 'output', levels: [] }), RangeError);
});

test("the kernel's answers are read where the header puts them", () => {
  assert.equal(requestedFd(struct(592, { 588: '44332211' })), 0x11223344);
  const chip = struct(68, { 0: '6770696f6368697030', 32: '70696e6374726c2d727031', 64: '36' });
  assert.deepEqual(decodeChipInfo(chip), { name: 'gpiochip0', label: 'pinctrl-rp1', lines: 54 });
  const line = struct(256, { 0: '4750494f3137', 32: '6c656430', 64: '11', 72: '09' });
  assert.deepEqual(decodeLineInfo(line), { name: 'GPIO17', used: true, consumer: 'led0' });
  assert.deepEqual(encodeLineInfo(17), struct(256, { 64: '11' }));
  const event = struct(48, { 0: '1581e97df4102211', 8: '02', 12: '05', 16: '07', 20: '03' });
  const read = { offset: 5, edge: 'falling', atNs: 1_234_567_890_123_456_789n, sequence: 7 };
  assert.deepEqual(decodeEvents(Buffer.concat([event, event, event.subarray(0, 20)])), [read, read]);
});

test('levels of lines are the bits from the lowest on, and come back as they went', () => {
  assert.deepEqual(encodeLevels([0, 1]), struct(16, { 0: '02', 8: '03' }));
  const level = fc.constantFrom(0 as const, 1 as const);
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 64 }), (levels) => {
      assert.deepEqual(decodeLevels(encodeLevels(levels), levels.length), levels);
    }),
  );
});
