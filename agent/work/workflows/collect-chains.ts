import type { Store } from '../../edges/store/store.ts';
import type { Machine } from '../../edges/system/machine.ts';
import type { MarketWatch } from './market-watch.ts';
import { count, type Workflow } from './occasion.ts';

export interface CollectChainsParts {
  readonly watch: MarketWatch;
  readonly store: Pick<Store, 'putChain'>;
  /** `null` in a replay. */
  readonly machine: Pick<Machine, 'giveBack'> | null;
}

/**
 * Takes one snapshot of every chain and stores it. Fails when a symbol did not answer, after having tried them all. A chain
 * with gaps is kept and says so: whoever decides on it sees each row's own age.
 */
export function collectChains({ watch, store, machine }: CollectChainsParts): Workflow {
  return async ({ now, signal }) => {
    const failures: string[] = [];
    const gaps: string[] = [];
    let rows = 0;
    for (const symbol of watch.symbols) {
      signal.throwIfAborted();
      const answer = await watch.look(symbol, now);
      if (!answer.ok) {
        failures.push(`${symbol}: ${answer.reason}`);
        continue;
      }
      rows += answer.value.size;
      if (answer.value.size > 0) await store.putChain(answer.value);
      if (!answer.value.complete) gaps.push(symbol);
    }
    machine?.giveBack();
    const taken = `${count(watch.symbols.length, 'chain')}, ${count(rows, 'contract')}`;
    if (failures.length > 0) throw new Error(`${taken}; ${failures.join('; ')}`);
    return gaps.length === 0 ? taken : `${taken}; gaps in ${gaps.join(', ')}`;
  };
}
