import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

/** Skips a test for what this machine lacks. On one that checks the whole product (CI=true) that is a failure. */
export function lacking(t: Pick<TestContext, 'skip'>, what: string): void {
  if (process.env.CI === 'true') assert.fail(what);
  t.skip(what);
}
