import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { openI2cBus } from '../../../agent/ground/gpio/i2c-bus.ts';

test('a bus that is not there, and a file that is none, are refused by the kernel’s name for it, and nothing stays open', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  await assert.rejects(openI2cBus('/dev/i2c-absent', 0x27), { code: 'ENOENT' });
  await assert.rejects(openI2cBus('/dev/null', 0x27), { code: 'ENOTTY', message: 'ioctl 0x703: ENOTTY' });
  const before = open();
  await assert.rejects(openI2cBus('/dev/null', 0x27), { code: 'ENOTTY' });
  assert.equal(open(), before);
});
