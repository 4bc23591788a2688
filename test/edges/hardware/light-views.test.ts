import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Light } from '../../../agent/edges/hardware/light.ts';
import { lightsIn, nextView, VIEWS, type View } from '../../../agent/edges/hardware/light-views.ts';
import type { StatusSnapshot } from '../../../agent/edges/status/snapshot.ts';
import { halted, snapshot } from '../status/snapshot-fixture.ts';

const OFF: Light = { colour: 'off', pattern: 'solid', meaning: 'stopped' };
const [FIRST_ORDER] = snapshot().orders;

function looks(view: View, changes: Partial<StatusSnapshot>): string[] {
  const { system, trading, research } = lightsIn(view, snapshot(changes));
  return [system, trading, research].map(({ colour, pattern, meaning }) => `${colour} ${pattern}: ${meaning}`);
}

const connection = (name: string, state: 'ok' | 'warning' | 'failed' | 'off') => ({
  name,
  state,
  detail: '',
  since: 0,
});

test('the button goes through all views and begins again', () => {
  const seen: View[] = ['status'];
  for (const _ of VIEWS) seen.push(nextView(seen.at(-1) ?? 'status'));
  assert.deepEqual(seen, ['status', 'connections', 'day', 'status']);
});

test('connections: broker, guard, and the worst of the others', () => {
  const connections = [connection('Broker', 'failed'), connection('Guard', 'ok'), connection('MQTT', 'warning')];
  assert.deepEqual(looks('connections', { connections: [...connections, connection('Books', 'ok')] }), [
    'red tripleFlash: Broker failed',
    'green solid: connected',
    'yellow breathing: MQTT has trouble',
  ]);
  assert.deepEqual(
    looks('connections', { connections: [connection('Guard', 'off')] }),
    Array(3).fill('off solid: nothing'),
  );
});

test('the day: profit, orders, alerts', () => {
  assert.ok(FIRST_ORDER !== undefined);
  const { profit } = snapshot();
  const loss = { profit: { ...profit, day: -1 }, orders: [{ ...FIRST_ORDER, state: 'working' }] };
  const critical = { severity: 'critical' as const, text: '', raisedAt: 0 };
  assert.deepEqual(looks('day', { ...loss, alerts: [critical] }), [
    'yellow breathing: loss',
    'blue breathing: an order works',
    'red tripleFlash: critical alert',
  ]);
  const calm = { profit: { ...profit, day: 0 }, orders: [{ ...FIRST_ORDER, state: 'filled', filled: 1 }], alerts: [] };
  assert.deepEqual(looks('day', calm), ['green solid: profit', 'green solid: filled', 'green solid: no alert']);
  const empty = {
    profit: { ...profit, day: null },
    orders: [],
    alerts: [{ ...critical, severity: 'warning' as const }],
  };
  assert.deepEqual(looks('day', empty), ['off solid: nothing', 'off solid: nothing', 'yellow breathing: warning']);
});

test('a halt, and a program that does not run, are shown in every view', () => {
  for (const view of VIEWS) {
    const stopped = { lights: { system: OFF, trading: OFF, research: OFF } };
    assert.deepEqual(lightsIn(view, snapshot(halted(false))), snapshot(halted(false)).lights);
    assert.deepEqual(lightsIn(view, snapshot(stopped)), stopped.lights);
  }
});

test('in no view a red light blinks but for a halt', () => {
  const states = ['ok', 'warning', 'failed', 'off'] as const;
  for (const view of ['connections', 'day'] as const) {
    for (const state of states) {
      const shown = lightsIn(
        view,
        snapshot({ connections: ['Broker', 'Guard', 'MQTT'].map((name) => connection(name, state)) }),
      );
      const blinking = Object.values(shown).filter(({ pattern }) => pattern === 'blinking' || pattern === 'fast');
      assert.deepEqual(blinking, []);
    }
  }
});
