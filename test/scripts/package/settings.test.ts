import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { guardLimits } from '../../../agent/compose/guard-limits.ts';
import { loadConfiguration } from '../../../agent/config/load.ts';
import { readConfig } from '../../../agent/guard/config.ts';
import { ROOT } from '../../run-node.ts';

const ETC = join(ROOT, 'scripts/package/etc');

test('the packaged settings are in order and trade nothing but paper, through the guard', async () => {
  const checked = await loadConfiguration(`${ETC}/wheelhouse.yaml`, null);
  assert.ok(checked.ok, JSON.stringify(checked));
  const { broker, liveTradingConfirmed } = checked.value.settings;
  assert.deepEqual([broker.mode, broker.account, liveTradingConfirmed], ['paper', null, null]);
  assert.equal(guardLimits(checked.value.settings).account, 'paper');
  const guard = readConfig(`${ETC}/guard.json`);
  assert.equal(guard.problems, null);
  assert.deepEqual(guard.value?.listen, { host: broker.host, port: broker.port });
  assert.equal(guard.value?.control.open, broker.guard.socket);
  assert.notEqual(guard.value?.gateway.port, broker.port);
  const { kind, wiring } = guard.value?.redSwitch ?? {};
  assert.deepEqual([kind, wiring?.normallyClosed, wiring?.normallyOpen], ['gpio', 5, 6]);
});
