import assert from 'node:assert/strict';
import * as v from 'valibot';
import { checkDocument } from '../../agent/config/document.ts';
import { hardware as schema } from '../../agent/config/hardware-settings.ts';
import { SETTINGS, type Settings } from '../../agent/config/schema.ts';

/** With all defaults but what is given. */
export function hardware(given: object): Settings['hardware'] {
  return v.parse(schema, given);
}

export function configuration(text: string): { readonly settings: Settings } {
  const { value, problems } = checkDocument({ file: 'test', text }, SETTINGS);
  assert.ok(value !== null, JSON.stringify(problems));
  return { settings: value };
}
