import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPlatforms } from '../../../scripts/check/lockfile.ts';

const tool = {
  version: '1.2.3',
  dev: true,
  optionalDependencies: { '@tool/linux-x64': '1.2.3', '@tool/linux-arm64-musl': '1.2.3' },
};

test('a platform package that the lock names but does not hold is found, with what its name says', () => {
  const lock = { packages: { 'node_modules/tool': tool, 'node_modules/@tool/linux-x64': { version: '1.2.3' } } };
  assert.deepEqual(missingPlatforms(lock), {
    'node_modules/@tool/linux-arm64-musl': {
      version: '1.2.3',
      dev: true,
      optional: true,
      cpu: ['arm64'],
      libc: ['musl'],
      os: ['linux'],
    },
  });
});

test('a complete lock lacks nothing, also when a package is nested', () => {
  const nested = { 'node_modules/tool/node_modules/@tool/linux-arm64-musl': { version: '1.2.3' } };
  const lock = {
    packages: { 'node_modules/tool': tool, 'node_modules/@tool/linux-x64': { version: '1.2.3' }, ...nested },
  };
  assert.deepEqual(missingPlatforms(lock), {});
});
