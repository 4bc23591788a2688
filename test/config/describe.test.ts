import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultsAsYaml, settingsAsMarkdown } from '../../agent/config/describe.ts';
import { checkDocument } from '../../agent/config/document.ts';
import { entriesOf } from '../../agent/config/names.ts';
import { SETTINGS } from '../../agent/config/schema.ts';

test('docs/configuration.md is what check-config --markdown prints', () => {
  const written = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const advice = 'write it anew: scripts/wheelhouse check-config --markdown > docs/configuration.md';
  assert.equal(written, `${settingsAsMarkdown()}\n`, advice);
});

test('the defaults that are printed are a configuration, and the one that an empty file gives', () => {
  const printed = checkDocument({ file: 'defaults', text: defaultsAsYaml() }, SETTINGS);
  assert.deepEqual(printed.problems, []);
  assert.deepEqual(printed.value, checkDocument({ file: 'empty', text: '' }, SETTINGS).value);
});

test('every setting is printed once, with what it is for', () => {
  const keys = settingKeys(SETTINGS, []);
  const rows = settingsAsMarkdown().matchAll(/^\| `([\w.-]+)` \| `[^`]+` \| (.*) \|$/gm);
  const printed = [...rows].map(([, key, why]) => ({ key, why }));
  assert.deepEqual(printed.map(({ key }) => key).sort(), keys.sort());
  for (const { key, why } of printed) assert.ok((why ?? '').length > 5, `${key} does not say what it is for`);
});

function settingKeys(schema: unknown, path: readonly string[]): string[] {
  const entries = entriesOf(schema);
  if (entries === null) return [path.join('.')];
  return Object.entries(entries).flatMap(([name, below]) => settingKeys(below, [...path, name]));
}
