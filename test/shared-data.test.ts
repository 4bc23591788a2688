import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { debianPackage, packagedProgram } from './packages.ts';
import { sharedData, sharedReference } from './shared-data.ts';

function withEnvironment(t: TestContext, values: Readonly<Record<string, string | undefined>>): void {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, ...values };
}

function skipping(): { skip: (reason?: string) => void; reasons: string[] } {
  const reasons: string[] = [];
  return { reasons, skip: (reason = '') => reasons.push(reason) };
}

test('missing data skips the test with its place in the sentence', (t) => {
  withEnvironment(t, { CI: undefined });
  const asked = skipping();
  assert.equal(sharedData(asked, 'no-such-folder'), null);
  assert.equal(sharedReference(asked, 'no-such-file'), null);
  assert.deepEqual(asked.reasons, [
    '../shared/data/no-such-folder is not on this machine',
    '../shared/references/no-such-file is not on this machine',
  ]);
});

test('missing data fails where the whole product is checked', (t) => {
  withEnvironment(t, { CI: 'true' });
  assert.throws(() => sharedData(skipping(), 'no-such-folder'), /not on this machine/);
});

test('data that is there is given as a path that exists', (t) => {
  const path = sharedData(t, 'vix');
  assert.ok(path === null || existsSync(path));
});

test('a missing package skips the test with the line that installs it, and fails under CI', (t) => {
  withEnvironment(t, { CI: undefined });
  const asked = skipping();
  assert.equal(packagedProgram(asked, 'some-package', 'no-such-program'), null);
  assert.deepEqual(asked.reasons, ['some-package is not installed (apt-get install some-package)']);
  withEnvironment(t, { CI: 'true' });
  assert.throws(() => packagedProgram(asked, 'some-package', 'no-such-program'), /some-package is not installed/);
});

test('an installed program is found without a search path, as a daemon is for an ordinary user', (t) => {
  withEnvironment(t, { PATH: '' });
  assert.equal(packagedProgram(t, 'dash', 'sh'), '/usr/bin/sh');
  const broker = debianPackage(t, 'mosquitto');
  assert.ok(broker === null || existsSync(broker));
});
