import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Light } from '../../../agent/edges/hardware/light.ts';
import { alertsOf } from '../../../agent/edges/hardware/text-alerts.ts';
import { homePage, pagesOf, type Screen } from '../../../agent/edges/hardware/text-pages.ts';
import { placeAt, screenIndex } from '../../../agent/edges/hardware/text-place.ts';
import { clip, dollars, row, wrap } from '../../../agent/edges/hardware/text-rows.ts';
import type { StatusSnapshot } from '../../../agent/edges/status/snapshot.ts';
import { halted, NOON, snapshot } from '../status/snapshot-fixture.ts';

const text = (screens: readonly Screen[], page: Screen['page']): string[] =>
  screens.filter((screen) => screen.page === page).flatMap(({ rows }) => rows.map((each) => each.trimEnd()));

test('the pages of a trading day at noon', () => {
  const [position] = snapshot().positions;
  assert.ok(position !== undefined);
  const positions = [{ ...position, name: 'SPY 635 put 2026-04-17', foreign: false }];
  const screens = pagesOf(snapshot({ positions }), NOON);
  assert.deepEqual(text(screens, 'market'), [
    ...['MARKET 1/2     12:04', 'open         trading', 'SPY       652.18 <1m', 'TSLA      368.42 16m'],
    ...['MARKET 2/2     12:04', 'IWM       243.90 1m!', '', ''],
  ]);
  assert.deepEqual(text(screens, 'trading').slice(0, 2), ['TRADING 1/2    12:04', 'active        0 work']);
  assert.deepEqual(text(screens, 'positions').slice(0, 2), ['POSITIONS      12:04', '-1 SPY 635P 28d  +64']);
  assert.deepEqual(text(screens, 'system').slice(0, 5), [
    ...['SYSTEM 1/2     12:04', 'healthy', 'Guard armed     open', 'MQTT         warning', 'SYSTEM 2/2     12:04'],
  ]);
  assert.deepEqual(text(screens, 'research').slice(1, 4), [
    ...['off       0.0 of 59h', 'Monitor positio runs', '16:15 Synchronise po'],
  ]);
});

test('a halt, a lost guard, a lost broker and critical alerts take the display, most urgent first; else nothing does', () => {
  assert.deepEqual(alertsOf(snapshot()), []);
  const lost = snapshot({
    ...halted(false),
    guard: { ...(snapshot().guard as NonNullable<StatusSnapshot['guard']>), state: 'unreachable', detail: 'no socket' },
    connections: [{ name: 'Broker', state: 'failed', detail: 'ECONNREFUSED 127.0.0.1:4002', since: NOON }],
    alerts: [{ severity: 'critical', text: 'The disk is full', raisedAt: NOON }],
  });
  assert.deepEqual(text(alertsOf(lost), 'alert'), [
    ...['HALT UNCONFIRMED 1/4', 'Orders may work.', 'pressed on the page', ''],
    ...['GUARD LOST       2/4', 'No order passes. no', 'socket', ''],
    ...['BROKER LOST      3/4', 'ECONNREFUSED', '127.0.0.1:4002', ''],
    ...['ALERT            4/4', 'The disk is full', '', ''],
  ]);
  assert.equal(text(alertsOf(snapshot(halted(true))), 'alert')[0], 'HALTED');
  const [broker] = snapshot().connections;
  assert.ok(broker !== undefined);
  const awaited = { ...broker, state: 'warning' as const, detail: 'connecting: refused' };
  assert.deepEqual(text(alertsOf(snapshot({ connections: [awaited] })), 'alert'), [
    ...['BROKER AWAITED', 'connecting: refused', '', ''],
  ]);
});

test('figures are whole or not there', () => {
  assert.equal(row('Equity of the account', '100,234'), 'Equity of th 100,234');
  assert.equal(clip('SPY 635P 28d more', 11), 'SPY 635P');
  assert.equal(clip('SPY 635P 28d more', 12), 'SPY 635P 28d');
  assert.equal(clip('1234567', 4), '####');
  assert.equal(clip('Größe – “ok”\n\u0007', 20), 'Grosse - ?ok? ?');
  const known = [0, -0.001, 12.345, -999.994, 999.996, -123_456.7, 999_999.6, 12_345_678, 5e12, -5e12];
  assert.deepEqual(
    known.map((value) => dollars(value, 'signed')),
    ['0.00', '0.00', '+12.35', '-999.99', '+1,000', '-123,457', '+1.00M', '+12.35M', '+>999M', '->999M'],
  );
  assert.deepEqual(
    [null, Number.NaN, Number.POSITIVE_INFINITY].map((value) => dollars(value)),
    ['--', '--', '--'],
  );
});

test('whatever is cut: each figure that is shown is one of the text', () => {
  const word = fc.oneof(fc.stringMatching(/^[a-z]{1,12}$/), fc.stringMatching(/^[-+]?[0-9]{1,8}[.,%a-z]?[0-9]{0,3}$/));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), fc.integer({ min: 0, max: 20 }), (words, width) => {
      const cut = clip(words.join(' '), width);
      assert.ok(cut.length <= width);
      for (const part of cut.split(' ')) if (/\d/.test(part)) assert.ok(words.includes(part), `${part} of ${words}`);
    }),
  );
});

test('a text over several rows keeps its words in order, and says when there is more', () => {
  assert.deepEqual(
    wrap('the margin of this order is not available at the moment', 2).map((each) => each.trimEnd()),
    ['the margin of this', 'order is not..'],
  );
  assert.equal(wrap('', 3).length, 3);
});

/** Records as nobody writes them: any text, any number. */
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constant('a'.repeat(5_000)));
const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, 1e300, -1e300));
const maybe = fc.option(anyNumber);
const light: fc.Arbitrary<Light> = fc.record({
  colour: fc.constantFrom('off', 'red', 'green'),
  pattern: fc.constantFrom('solid', 'fast', 'blinking'),
  meaning: anyText,
});
const position = fc.record({
  name: anyText,
  quantity: anyNumber,
  daysToExpiration: maybe,
  unrealized: maybe,
  foreign: fc.boolean(),
});
const connectionState = fc.constantFrom('ok', 'warning', 'failed', 'off');
const anyRecord = fc.record({
  mode: fc.constantFrom('trading', 'research', 'prep'),
  phase: anyText,
  trading: fc.record({ state: fc.constantFrom('active', 'reducing', 'halted'), reason: anyText, since: anyNumber }),
  guard: fc.option(
    fc.record({
      state: fc.constantFrom('unreachable', 'armed', 'prep', 'tripped'),
      open: fc.boolean(),
      detail: anyText,
      working: fc.option(fc.array(anyText, { maxLength: 3 })),
    }),
  ),
  lights: fc.record({ system: light, trading: light, research: light }),
  profit: fc.record({ day: maybe, open: maybe, equity: maybe, cash: maybe, secured: maybe }),
  breakers: fc.array(fc.record({ title: anyText }), { maxLength: 2 }),
  positions: fc.array(position, { maxLength: 30 }),
  orders: fc.array(fc.record({ state: anyText }), { maxLength: 3 }),
  connections: fc.array(fc.record({ name: anyText, state: connectionState, detail: anyText }), { maxLength: 8 }),
  data: fc.array(fc.record({ symbol: anyText, spot: maybe, quotedAt: maybe, complete: fc.boolean() }), {
    maxLength: 20,
  }),
  alerts: fc.array(fc.record({ severity: fc.constantFrom('critical', 'warning'), text: anyText }), { maxLength: 3 }),
  schedule: fc.record({
    budget: fc.record({ usedHours: anyNumber, researchHours: anyNumber }),
    running: fc.array(
      fc.record({ title: anyText, progress: fc.option(fc.record({ done: anyNumber, of: anyNumber })) }),
      { maxLength: 3 },
    ),
    plan: fc.array(fc.record({ title: anyText, start: anyNumber }), { maxLength: 9 }),
  }),
}) as unknown as fc.Arbitrary<StatusSnapshot>;

test('of any record every screen is four rows of twenty characters that the display has, and every turn leads to one', () => {
  fc.assert(
    fc.property(
      anyRecord,
      anyNumber,
      fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 8 }),
      (record, now, steps) => {
        const [alerts, pages] = [alertsOf(record), pagesOf(record, now)];
        for (const { rows } of [...alerts, ...pages]) {
          assert.equal(rows.length, 4);
          for (const each of rows) {
            assert.match(each, /^[ -[\]-}]{20}$/);
            const own = JSON.stringify(record).includes('undefined') || JSON.stringify(record).includes('NaN');
            if (!own) assert.doesNotMatch(each, /NaN|undefined|Infinity/);
          }
        }
        const screens = alerts.length > 0 ? alerts : pages;
        const home = alerts.length > 0 ? 'alert' : homePage(record.mode);
        let place = null;
        for (const step of steps) {
          const before = screenIndex(screens, place, home);
          place = placeAt(screens, before + step);
          const after = screenIndex(screens, place, home);
          assert.equal(after, (before + step + 3 * screens.length) % screens.length);
        }
      },
    ),
    { numRuns: 60 },
  );
});
