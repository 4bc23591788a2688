import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldReader } from '../../../agent/ground/wire/field-reader.ts';
import { bodyOf, encodeFrame, messageId } from '../../../agent/ground/wire/frame.ts';
import { decodeVersions, negotiate } from '../../../agent/ground/wire/handshake.ts';

const reader = (...fields: string[]) => new FieldReader(Buffer.from(fields.map((field) => `${field}\0`).join('')));
const LAYOUT = { code: 'layout' };

test('fields are text, each terminated, behind the length of the body', () => {
  assert.deepEqual(encodeFrame([9, 1, true, null, 'x']), Buffer.from('\0\0\0\x099\x001\x001\x00\x00x\x00', 'latin1'));
});

test('text that is not ASCII is escaped, and a NUL cannot begin a field', () => {
  assert.equal(bodyOf(encodeFrame(['é€\0x'])).toString('latin1'), '\\u00e9\\u20ac x\0');
});

test('numbers keep their value and use no exponent', () => {
  assert.equal(bodyOf(encodeFrame([1e-7, -0.65, 1_234_567.5])).toString(), '0.0000001\0-0.65\x001234567.5\0');
});

test('empty and unset values read as nothing', () => {
  const fields = reader('', '2147483647', '', '1.7976931348623157E308', '', '', '', 'Infinity', '1e-7');
  assert.deepEqual(
    [fields.integerOrNull(), fields.integerOrNull(), fields.numberOrNull(), fields.numberOrNull()],
    [null, null, null, null],
  );
  assert.deepEqual([fields.integer(), fields.number(), fields.flag()], [0, 0, false]);
  assert.deepEqual([fields.numberOrNull(), fields.numberOrNull()], [Number.POSITIVE_INFINITY, 1e-7]);
  fields.end();
});

test('what is not a number, a flag, a choice or a possible count is a layout error', () => {
  assert.throws(() => reader('1x').integer(), LAYOUT);
  assert.throws(() => reader('1.5').integer(), LAYOUT);
  assert.throws(() => reader('99999999999999999999').integer(), LAYOUT);
  assert.throws(() => reader('0x10').number(), LAYOUT);
  assert.throws(() => reader('NaN').number(), LAYOUT);
  assert.throws(() => reader('2').flag(), LAYOUT);
  assert.throws(() => reader('X').oneOf('a', 'b'), LAYOUT);
  assert.throws(() => reader('1000000000').list(() => 1), LAYOUT);
  assert.throws(() => reader('-1').list(() => 1), LAYOUT);
  assert.throws(() => reader().text(), LAYOUT);
  assert.throws(() => reader('1', '2').end(), LAYOUT);
  assert.throws(() => new FieldReader(Buffer.from('49\x001')), LAYOUT);
});

test('the message id is read from the bytes, or is not a number', () => {
  fc.assert(fc.property(fc.nat(999_999_999), (id) => messageId(bodyOf(encodeFrame([id, 'x']))) === id));
  for (const text of ['', '\0', '-1\0', '3', '1e3\0', '12345678901\0']) {
    assert.ok(Number.isNaN(messageId(Buffer.from(text))), JSON.stringify(text));
  }
});

test('the highest version that both sides speak is taken', () => {
  const speak = (text: string) => negotiate(decodeVersions(Buffer.from(text)));
  assert.equal(speak('v100..193'), 193);
  assert.equal(speak('v157..178'), 178);
  assert.equal(speak('v100..226 +PACEAPI'), 193);
  assert.equal(speak('v177'), 177);
  assert.equal(speak('v100..176'), null);
  assert.equal(speak('v194..226'), null);
  assert.deepEqual(decodeVersions(Buffer.from('v157..178 +PACEAPI')), { min: 157, max: 178, options: '+PACEAPI' });
  for (const text of ['', '178', 'v', 'v1..2..3', 'vx..y', '\0']) {
    assert.throws(() => decodeVersions(Buffer.from(text)), { code: 'greeting' });
  }
});
