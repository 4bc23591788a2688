import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { isOpen, personMayClear } from '../../../agent/core/risk/breaker.ts';
import { breakerState, foldState, type Hold, holdsOf } from '../../../agent/core/risk/holds.ts';
import type { Observation } from '../../../agent/core/risk/observation.ts';
import { BREAKER_NAMES, type RiskState, startingState } from '../../../agent/core/risk/risk-state.ts';
import { stricter, type TradingState } from '../../../agent/core/risk/trading-state.ts';
import {
  account,
  after,
  call,
  EMPTY,
  friday,
  LIMITS,
  look,
  MONDAY_8,
  option,
  order,
  positions,
} from './breaker-fixture.ts';

const anyObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc.constant<Observation>({ kind: 'time' }),
  fc
    .tuple(fc.integer({ min: 50_000, max: 120_000 }), fc.integer({ min: 0, max: 40_000 }))
    .map(([n, e]) => account(n, e)),
  fc.constant<Observation>({ kind: 'account', netLiquidation: null, excessLiquidity: null, fault: 'timeout' }),
  fc.constant<Observation>({ kind: 'marginWarning', reason: '2148' }),
  fc.boolean().map(call),
  fc
    .tuple(fc.constantFrom('SPY', 'TSLA'), fc.option(fc.constant('stale')))
    .map(([symbol, fault]) => look(symbol, fault)),
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('accepted' as const, 'rejected' as const))
    .map(([id, outcome]) => order(id, outcome)),
  fc
    .tuple(fc.constantFrom('SPY a', 'SPY b'), fc.integer({ min: -1, max: 0 }), fc.integer({ min: -9, max: 9 }))
    .map(([key, n, result]) => positions(option(key, n, result))),
);
const aDay = fc.array(anyObservation, { maxLength: 60 });
const aState: fc.Arbitrary<TradingState['state']> = fc.constantFrom('active', 'reducing', 'halted');
const anOwner = aState.map((state): TradingState => ({ state, reason: `owner ${state}`, since: 1 }));
const aHold: fc.Arbitrary<Hold> = fc.record({
  name: fc.constantFrom(...BREAKER_NAMES),
  title: fc.string(),
  state: fc.constantFrom('open' as const, 'halfOpen' as const, 'unknown' as const),
  action: fc.constantFrom('reducing' as const, 'halted' as const),
  since: fc.nat(),
  reason: fc.string(),
  clears: fc.string(),
});

function play(start: RiskState, day: readonly Observation[], from = friday('09:30')): RiskState[] {
  const states = [start];
  day.forEach((observation, minute) => {
    states.push(after(states.at(-1) as RiskState, from + minute * MINUTE_MS, observation));
  });
  return states;
}

test('nothing that is seen on a day lifts what waits for the next day or for a person, in whatever order it is seen', () => {
  fc.assert(
    fc.property(aDay, aDay, (before, later) => {
      const start = play(EMPTY, before).at(-1) as RiskState;
      const waiting = BREAKER_NAMES.filter((name) => {
        const rule = start.breakers[name].clears?.rule;
        return rule === 'time' || rule === 'person';
      });
      for (const state of play(start, later, friday('11:00'))) {
        for (const name of waiting) {
          const { since, reason, clears } = state.breakers[name];
          const { since: openedAt, reason: why, clears: how } = start.breakers[name];
          assert.deepEqual({ since, reason, clears }, { since: openedAt, reason: why, clears: how });
        }
      }
    }),
  );
});

test('trading is never active while a breaker is open, and never less than halted while a halting one is', () => {
  fc.assert(
    fc.property(aDay, anOwner, (day, owner) => {
      play(EMPTY, day).forEach((state, minute) => {
        const folded = foldState(owner, holdsOf(state, LIMITS, friday('09:30') + minute * MINUTE_MS));
        for (const name of BREAKER_NAMES) {
          if (isOpen(state.breakers[name])) assert.ok(!stricter(LIMITS[name].action, folded.state), name);
        }
        assert.ok(!stricter(breakerState(state, LIMITS), folded.state));
        assert.ok(!stricter(owner.state, folded.state));
      });
    }),
  );
});

test('the fold is monotone: one more thing that holds back, or a stricter owner, never frees anything', () => {
  fc.assert(
    fc.property(anOwner, fc.array(aHold), aHold, anOwner, (owner, holds, more, other) => {
      const folded = foldState(owner, holds);
      assert.ok(!stricter(folded.state, foldState(owner, [...holds, more]).state));
      if (!stricter(owner.state, other.state)) assert.ok(!stricter(folded.state, foldState(other, holds).state));
      assert.equal(foldState(owner, []), owner);
    }),
  );
});

test('the owner’s halt is shown as it is, whatever opens and clears beside it', () => {
  const halt: TradingState = { state: 'halted', reason: 'pressed (page)', since: 5 };
  fc.assert(
    fc.property(fc.array(aHold), (holds) => {
      assert.equal(foldState(halt, holds), halt);
    }),
  );
});

test('a state that was stored and read again is the same state', () => {
  fc.assert(
    fc.property(aDay, (day) => {
      const { breakers } = play(EMPTY, day).at(-1) as RiskState;
      const read = JSON.parse(JSON.stringify(breakers)) as typeof breakers;
      assert.deepEqual(startingState(read, MONDAY_8).breakers, breakers);
    }),
  );
});

test('a person clears what a person may clear, and nothing else', () => {
  fc.assert(
    fc.property(aDay, (day) => {
      const start = play(EMPTY, day).at(-1) as RiskState;
      const cleared = after(start, friday('10:40'), { kind: 'person' });
      const settled = after(start, friday('10:40'), { kind: 'time' });
      for (const name of BREAKER_NAMES) {
        const stays = isOpen(settled.breakers[name]) && !personMayClear(settled.breakers[name]);
        assert.equal(isOpen(cleared.breakers[name]), stays, name);
      }
    }),
  );
});
