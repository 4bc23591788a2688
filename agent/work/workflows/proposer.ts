import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { atTheMoneyVolatility } from '../../core/market/atm.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { FeeTable } from '../../core/market/fees.ts';
import { ivRank } from '../../core/market/iv-rank.ts';
import type { Money } from '../../core/market/money.ts';
import { optionTicks } from '../../core/market/ticks.ts';
import type { Account } from '../../core/portfolio/account.ts';
import type { RiskLimits } from '../../core/risk/limits.ts';
import { freeCash, securedCash } from '../../core/risk/secured.ts';
import type { Decision, Reason } from '../../core/strategy/decision.ts';
import { PUT_WRITE, type PutWriteOptions, proposePutWrite } from '../../core/strategy/put-write.ts';
import type { ScoreModel } from '../../core/strategy/score.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import { type Store, timeKey } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Books } from './books.ts';
import type { MarketWatch } from './market-watch.ts';

export interface ProposerParts {
  readonly watch: MarketWatch;
  readonly books: Books;
  readonly broker: Pick<Broker, 'account'>;
  readonly store: Pick<Store, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly options: PutWriteOptions;
  readonly limits: RiskLimits;
  readonly model: ScoreModel;
  readonly fees: FeeTable;
  /** Classes that trade in the penny interval programme. */
  readonly pennyClasses: ReadonlySet<string>;
}

/** Looks at one symbol and asks the strategy. Used by the analysis and, on fresh quotes, by the execution. */
export class Proposer {
  readonly #parts: ProposerParts;

  constructor(parts: ProposerParts) {
    this.#parts = parts;
  }

  async propose(symbol: string, task: string, asked: EpochMs): Promise<Decision> {
    const { watch, broker, clock } = this.#parts;
    const chain = await watch.look(symbol, asked);
    const account = await broker.account();
    // Quotes may have arrived since the question: they are judged by the time of the answer.
    const now = clock.now();
    const id = decisionKey(now, symbol);
    if (!chain.ok) return noTrade({ id, now, task, symbol }, [{ rule: 'chain', text: `no chain: ${chain.reason}` }]);
    const rank = await this.#ivRank(chain.value, now);
    return this.#ask({ chain: chain.value, account: account.ok ? account.value : null, now, id, task, rank });
  }

  #ask(facts: {
    chain: Chain;
    account: Account | null;
    now: EpochMs;
    id: string;
    task: string;
    rank: number | null;
  }): Decision {
    const { options, model, fees, pennyClasses } = this.#parts;
    const { chain, account, now, id, task, rank } = facts;
    return proposePutWrite({
      id,
      task,
      chain,
      now,
      options,
      ticks: optionTicks(chain.symbol, pennyClasses.has(chain.symbol)),
      fees,
      model,
      mostCash: this.#mostCash(chain.symbol, account),
      ivRank: rank,
      explain: true,
    });
  }

  #mostCash(symbol: string, account: Account | null): Money | null {
    const { books, limits } = this.#parts;
    const secured = securedCash(books.holdings, books.working);
    const { maxSecuredPerSymbol, maxSecuredTotal } = limits;
    return freeCash({ cash: account?.cash ?? null, secured, symbol, maxSecuredPerSymbol, maxSecuredTotal });
  }

  async #ivRank(chain: Chain, now: EpochMs): Promise<number | null> {
    const history = await this.#parts.store.get('histories', chain.symbol);
    if (history === null) return null;
    const today = newYorkDate(now);
    const before = history.impliedVolatility.filter(([date]) => date < today).map(([, volatility]) => volatility);
    return ivRank(before, atTheMoneyVolatility(chain, now));
  }
}

function decisionKey(at: EpochMs, symbol: string): string {
  return `${timeKey(at)}/${PUT_WRITE}/${symbol}`;
}

/** "No trade" is an answer like any other: stored and shown with its reasons. */
function noTrade(
  about: { readonly id: string; readonly now: EpochMs; readonly task: string; readonly symbol: string },
  reasons: readonly Reason[],
): Decision {
  return {
    id: about.id,
    at: about.now,
    tradingDay: newYorkDate(about.now),
    task: about.task,
    strategy: PUT_WRITE,
    symbol: about.symbol,
    outcome: 'noTrade',
    chosen: null,
    reasons,
    candidates: [],
    ruledOut: {},
    outByRule: {},
    considered: 0,
  };
}
