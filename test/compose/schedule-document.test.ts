import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as v from 'valibot';
import { plans } from '../../agent/compose/registry.ts';
import { SETTINGS } from '../../agent/config/schema.ts';
import { registryProblems } from '../../agent/work/scheduler/registry-check.ts';
import { SCHEDULE_DOCUMENT, scheduleDocument } from '../../scripts/schedule-document.ts';

test('docs/schedule.md says what the registry says', () => {
  assert.equal(readFileSync(SCHEDULE_DOCUMENT, 'utf8'), scheduleDocument());
});

test('the registry of the appliance has no problem', () => {
  assert.deepEqual(registryProblems(plans({})), []);
});

test('the times of every task that runs at some can be configured, and are by default those of the table', () => {
  const configured = v.parse(SETTINGS, {}).schedule as Readonly<Record<string, { readonly times?: readonly string[] }>>;
  for (const { name, recurrence } of plans({})) {
    if (recurrence.kind === 'at') assert.deepEqual(configured[name]?.times, recurrence.times, name);
  }
  assert.deepEqual(plans(v.parse(SETTINGS, {}).schedule), plans({}));
});

test('times of the configuration that a task cannot have are refused by name', () => {
  const problems = registryProblems(plans({ execute: { enabled: true, times: ['20:00'] } }));
  assert.deepEqual(problems, ['execute: its time 20:00 lies outside its phases']);
});
