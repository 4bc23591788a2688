import type { DecisionLog } from './decision-log.ts';
import { count, type Workflow } from './occasion.ts';
import type { Proposer } from './proposer.ts';

export interface AnalyseParts {
  readonly proposer: Proposer;
  readonly decisions: DecisionLog;
  readonly symbols: readonly string[];
}

/** Asks the strategy about every symbol and stores each answer with its candidates and reasons. Orders nothing. */
export function analyse({ proposer, decisions, symbols }: AnalyseParts): Workflow {
  return async ({ task, now, signal }) => {
    let trades = 0;
    for (const symbol of symbols) {
      signal.throwIfAborted();
      const decision = await proposer.propose(symbol, task, now);
      signal.throwIfAborted();
      await decisions.keep(decision);
      if (decision.outcome === 'trade') trades += 1;
    }
    return `${count(symbols.length, 'symbol')}, ${trades} worth an order`;
  };
}
