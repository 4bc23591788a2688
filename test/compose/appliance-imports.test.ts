import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readSources, type Source } from '../../scripts/check/sources.ts';

/** Whatever is read by starting `entry`, which is more than it imports itself. */
function reached(sources: ReadonlyMap<string, Source>, entry: string): ReadonlySet<string> {
  const seen = new Set([entry]);
  for (const path of seen) {
    for (const { target, typeOnly } of sources.get(path)?.imports ?? []) {
      if (target !== null && !typeOnly) seen.add(target);
    }
  }
  return seen;
}

test('the appliance reads nothing of the laboratory: it trades without it, and starts sooner', () => {
  const sources = new Map(readSources(resolve(import.meta.dirname, '../..')).map((source) => [source.path, source]));
  const appliance = reached(sources, 'agent/cli/run.ts');
  assert.ok(appliance.has('agent/edges/broker/ib/ib-broker.ts'));
  assert.deepEqual([...appliance].filter((path) => path.startsWith('agent/lab/')).sort(), []);
  assert.ok([...reached(sources, 'agent/cli/demo.ts')].some((path) => path.startsWith('agent/lab/exchange/')));
});
