import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoveryPayload } from '../../../../agent/edges/status/mqtt/discovery.ts';
import { infoPayload, positionsPayload, statePayload } from '../../../../agent/edges/status/mqtt/payload.ts';
import { topicsOf } from '../../../../agent/edges/status/mqtt/topics.ts';
import type { StatusSnapshot } from '../../../../agent/edges/status/snapshot.ts';
import { DAILY_LOSS, halted, NOON, snapshot } from '../snapshot-fixture.ts';
import { assertDiscovery, type Component, type Discovery } from './discovery-schema.ts';

const topics = topicsOf({ topicPrefix: 'wheelhouse', discoveryPrefix: 'homeassistant', node: 'a1-B2' });
const text = discoveryPayload({ node: 'a1-B2', topics, version: '0.1.0', pageUrl: null });
const payload = JSON.parse(text) as Discovery;

test('the discovery payload holds nothing that Home Assistant would refuse or ignore', () => {
  assertDiscovery(payload);
  assert.ok(Buffer.byteLength(text) < 9000, `${Buffer.byteLength(text)} bytes`);
});

test('the check of the payload finds planted mistakes', () => {
  const broken = (key: string, changes: Readonly<Record<string, unknown>>): Discovery => ({
    ...payload,
    cmps: { ...payload.cmps, [key]: { ...payload.cmps[key], ...changes } as Component },
  });
  assert.throws(() => assertDiscovery({ ...payload, '~': 'wheelhouse' }), /unknown key ~/);
  assert.throws(() => assertDiscovery({ ...payload, o: {} }), /AssertionError/);
  assert.throws(() => assertDiscovery(broken('equity', { unique_id: undefined })), /unique_id is missing/);
  assert.throws(() => assertDiscovery(broken('equity', { unique_id: payload.cmps.pos?.unique_id })), /used twice/);
  assert.throws(() => assertDiscovery(broken('equity', { state_class: 'measurement' })), /money is/);
  assert.throws(() => assertDiscovery(broken('equity', { unit_of_measurement: '$' })), /currency/);
  assert.throws(() => assertDiscovery(broken('mode', { unit_of_measurement: 'x' })), /neither unit/);
  assert.throws(() => assertDiscovery(broken('link', { status_topic: 'x' })), /unknown key status_topic/);
  assert.throws(() => assertDiscovery(broken('reason', { entity_category: 'config' })), /being added/);
});

test('every entity keeps its key and its ids', () => {
  const keys =
    'equity pnl_day pnl_open pnl_real pos orders mode operating market guard red_switch next last_tick started reason guard_detail ' +
    'breakers not_working written version trading problem link guard_problem stale halt pause skip stop_research';
  assert.deepEqual(Object.keys(payload.cmps), keys.split(' '));
  assert.equal(payload.cmps.equity?.unique_id, 'wheelhouse_a1-B2_equity');
  assert.equal(payload.cmps.equity?.default_entity_id, 'sensor.wheelhouse_a1_b2_equity');
});

test('every value that a template reads is in what is published, and every enum word is on its list', () => {
  const state = JSON.parse(statePayload(snapshot(), 'Broker')) as Record<string, unknown>;
  const info = JSON.parse(infoPayload(snapshot())) as Record<string, unknown>;
  for (const [key, component] of Object.entries(payload.cmps)) {
    const source = component.state_topic === topics.info ? info : state;
    const word = source[/value_json\.(\w+)/.exec(String(component.value_template))?.[1] ?? ''];
    if (component.options !== undefined) assert.ok((component.options as readonly unknown[]).includes(word), key);
    for (const name of ['value_template', 'last_reset_value_template', 'json_attributes_template']) {
      const field = /value_json\.(\w+)/.exec(String(component[name] ?? ''))?.[1];
      if (field !== undefined) assert.ok(field in source, `${key} reads ${field}`);
    }
  }
});

test('the state says what the record says', () => {
  const state = JSON.parse(statePayload(snapshot(), 'broker'));
  assert.deepEqual(
    [state.equity, state.pnl_day, state.positions, state.orders, state.mode, state.trading, state.link, state.stale],
    [100_112.35, 112.35, 2, 0, 'demo', 'ON', 'ON', 'OFF'],
  );
  assert.equal(state.next_at, '2026-03-20T16:05:00Z');
  assert.equal(state.day_start, '2026-03-20T04:00:00Z');
  assert.equal(state.problem, 'ON');
  assert.equal(state.written, 12.3);
  const { disk } = snapshot();
  const problem = (failure: string | null): unknown =>
    JSON.parse(statePayload(snapshot({ alerts: [], disk: disk === null ? null : { ...disk, failure } }), 'broker'))
      .problem;
  assert.deepEqual([problem(null), problem('the disk is full')], ['OFF', 'ON']);
});

test('a halt, a lost broker and old quotes are told apart', () => {
  const gone = snapshot({ ...halted(false), connections: [], data: [] });
  const state = JSON.parse(statePayload(gone, 'Broker'));
  assert.deepEqual([state.mode, state.trading, state.link, state.stale], ['halted', 'OFF', 'OFF', 'ON']);
  const night = JSON.parse(statePayload(snapshot({ phase: 'overnight', mode: 'research', data: [] }), 'Broker'));
  assert.deepEqual([night.trading, night.stale, night.last_data], ['OFF', 'OFF', null]);
});

test('what holds trading back is counted, with a line for each', () => {
  const state = JSON.parse(statePayload(snapshot({ breakers: [DAILY_LOSS] }), 'broker')) as Record<string, unknown>;
  assert.equal(state.breakers, 1);
  assert.deepEqual(state.held_back, ['Daily loss: 3 % lost; clears at 2026-03-23 08:00 ET']);
});

test('what is wired or connected and does not work is told by name', () => {
  const gone = { name: 'Button', state: 'warning' as const, detail: 'this machine has no GPIO chip', since: NOON };
  const connections = [
    gone,
    { ...gone, name: 'Store', state: 'ok' as const },
    { ...gone, name: 'MQTT', state: 'off' as const },
  ];
  const state = JSON.parse(statePayload(snapshot({ connections }), 'broker')) as Record<string, unknown>;
  assert.deepEqual(state.not_working, ['Button: this machine has no GPIO chip']);
});

test('a reason of any length stays a text for Home Assistant', () => {
  const trading = { state: 'reducing' as const, reason: 'x'.repeat(1000), since: NOON };
  assert.equal(JSON.parse(statePayload(snapshot({ trading }), 'Broker')).reason.length, 255);
});

test('positions stay below what Home Assistant records, and say how many are missing', () => {
  const position = snapshot().positions[0];
  assert.ok(position);
  const many = Array.from({ length: 60 }, (_, index) => ({ ...position, key: `${index}` }));
  const short = JSON.parse(positionsPayload(snapshot({ positions: many })));
  assert.deepEqual([short.items.length, short.more], [40, 20]);
  const long = positionsPayload(snapshot({ positions: many.map((one) => ({ ...one, name: 'n'.repeat(900) })) }));
  assert.ok(Buffer.byteLength(long) < 16_000);
  assert.ok(JSON.parse(long).more > 40);
});

const NO_SWITCH = { redSwitch: 'none', switchNote: 'only HALT' } as const;

test('the guard is one word, what it says, and a problem as soon as no order would pass', () => {
  const said = (guard: StatusSnapshot['guard']) => {
    const state = JSON.parse(statePayload(snapshot({ guard }), 'broker'));
    assert.deepEqual(
      [state.red_switch, state.red_switch_note],
      guard === null ? ['none', 'none'] : ['none', 'only HALT'],
    );
    return [state.guard, state.guard_detail, state.guard_problem];
  };
  const armed = {
    state: 'armed',
    halted: null,
    open: true,
    detail: 'armed by test',
    working: null,
    ...NO_SWITCH,
    since: 0,
  } as const;
  assert.deepEqual(said(armed), ['armed', 'armed by test', 'OFF']);
  assert.deepEqual(said({ ...armed, open: false, detail: 'no link' }), ['closed', 'no link', 'ON']);
  const tripped = { ...armed, state: 'tripped', open: false, detail: 'halted', halted: 'UNCONFIRMED' } as const;
  assert.deepEqual(said(tripped), ['unconfirmed', 'what still works is not known', 'ON']);
  assert.deepEqual(said({ ...tripped, working: ['a', 'b'] }), ['unconfirmed', 'may still work: a; b', 'ON']);
  assert.deepEqual(said({ ...tripped, halted: 'confirmed', working: [] }), ['halted', 'halted', 'ON']);
  assert.deepEqual(said({ ...armed, state: 'unreachable', open: false, detail: 'gone' }), [
    'unreachable',
    'gone',
    'ON',
  ]);
  assert.deepEqual(said(null), ['none', 'none', 'OFF']);
});
