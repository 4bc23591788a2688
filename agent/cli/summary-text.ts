import type { ReplaySummary } from '../lab/backtest/summary.ts';

/** The end of a day for a person. */
export function summaryText(summary: ReplaySummary): string {
  const { date, tasks, decisions, noTrade, orders, fills, positions, pnl, trades } = summary;
  const lines = [
    `Day ${date}`,
    `  tasks      ${Object.entries(tasks)
      .map(([state, n]) => `${n} ${state}`)
      .join(', ')}`,
    `  decisions  ${decisions}, of them ${noTrade.length} "no trade"`,
    `  orders     ${orders}, ${fills} ${fills === 1 ? 'fill' : 'fills'}`,
    `  P&L        day ${shown(pnl.day)}, open ${shown(pnl.open)}, realised ${shown(pnl.realized)}, equity ${shown(pnl.equity)}`,
  ];
  for (const { quantity, name, averagePrice, mark, unrealized } of positions) {
    lines.push(
      `  position   ${quantity} ${name} at ${shown(averagePrice)}, marked ${shown(mark)}, P&L ${shown(unrealized)}`,
    );
  }
  for (const { at, task, contract, score, limit } of trades) {
    lines.push(`  to sell    ${when(at, date)} ${task}: ${contract} at ${shown(limit)}, score ${score.toFixed(1)}`);
  }
  for (const { at, task, symbol, reasons } of noTrade) {
    lines.push(`  no trade   ${when(at, date)} ${task} ${symbol}: ${reasons[0] ?? 'no reason given'}`);
  }
  return lines.join('\n');
}

/** The time; the date too where it is another. */
function when(at: string, date: string): string {
  return at.startsWith(date) ? at.slice(11, 16) : at.slice(0, 16);
}

function shown(amount: number | null): string {
  return amount === null
    ? 'unknown'
    : amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
