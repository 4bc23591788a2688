import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { lacking } from './lacking.ts';

type Skipping = Pick<TestContext, 'skip'>;

const SHARED = resolve(import.meta.dirname, '../../shared');

/**
 * The path of a file or folder of the market data kept beside the repository, or null after the test has been skipped because
 * it is not there. On a machine that checks the whole product (CI=true) its absence is a failure.
 */
export function sharedData(t: Skipping, name: string): string | null {
  return beside(t, `data/${name}`);
}

/** As `sharedData`, for the reference values of prices, greeks and implied volatility. */
export function sharedReference(t: Skipping, name: string): string | null {
  return beside(t, `references/${name}`);
}

function beside(t: Skipping, name: string): string | null {
  const path = resolve(SHARED, name);
  if (existsSync(path)) return path;
  const missing = `../shared/${name} is not on this machine`;
  lacking(t, missing);
  return null;
}
