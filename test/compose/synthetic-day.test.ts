import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tradingOptions } from '../../agent/compose/from-settings.ts';
import { replay } from '../../agent/compose/replay.ts';
import { loadConfiguration } from '../../agent/config/load.ts';
import { MINUTE_MS } from '../../agent/core/calendar/time.ts';
import { money } from '../../agent/core/market/money.ts';
import type { JournalEntry } from '../../agent/lab/backtest/journal.ts';
import type { Market } from '../../agent/lab/exchange/market.ts';
import { SyntheticMarket } from '../../agent/lab/exchange/synthetic-market.ts';
import { sparseMarket } from '../../agent/lab/storm/sparse-market.ts';

/** Prices once a minute: nothing that is shown here depends on those between, and they are nine tenths of the work. */
function onceAMinute(): Market {
  const market = new SyntheticMarket({ seed: 1 });
  return Object.assign(sparseMarket(market, MINUTE_MS), { history: market.history.bind(market) });
}

test('a whole synthetic day of the defaults runs every task, fills a put and marks it', async () => {
  const checked = await loadConfiguration(null);
  assert.ok(checked.ok);
  const entries: JournalEntry[] = [];
  const summary = await replay({
    market: onceAMinute(),
    date: '2026-11-20',
    cash: money(250_000),
    options: tradingOptions(checked.value.settings, { run: 'replay', speed: 1 }),
    onEntry: (entry) => entries.push(entry),
    onMove: () => undefined,
  });
  assert.deepEqual(Object.keys(summary.tasks), ['done']);
  assert.ok(summary.fills >= 1);
  assert.ok(summary.positions.every(({ mark, unrealized }) => mark !== null && unrealized !== null));
  assert.ok(summary.pnl.day !== null);
  const alerts = entries.map((entry) => ('write' in entry && entry.write.table === 'alerts' ? entry.write.key : ''));
  assert.deepEqual(
    alerts.filter((key) => key.startsWith('breaker-') || key === 'risk-unknown'),
    [],
  );
  assert.equal(entries.filter((entry) => 'chain' in entry).length, 2 * 79);
});
