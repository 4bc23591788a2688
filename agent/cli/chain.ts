import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { newYorkDate } from '../core/calendar/new-york.ts';
import { type EpochMs, epochDay, type IsoDate } from '../core/calendar/time.ts';
import { chainFlags } from '../core/market/chain-flags.ts';
import { chainGreeks } from '../core/pricing/chain-greeks.ts';
import { storedRate, storedVolatility } from '../edges/store/history-view.ts';
import { LevelStore } from '../edges/store/level/level-store.ts';
import type { Store } from '../edges/store/store.ts';
import { chainJson, chainTable, type ShownChain } from './chain-table.ts';
import { instantOf } from './instant.ts';

interface Options {
  readonly store: string;
  readonly symbol: string;
  readonly at: EpochMs;
  readonly expiration?: IsoDate;
  readonly json?: true;
}

/** A quote this old says little of a market that is open. */
const LIMITS = { maxQuoteAgeMs: 20 * 60_000, wideSpread: 0.25, wideFloor: 500 };

export function chainCommand(): Command {
  return new Command('chain')
    .requiredOption('--store <dir>', 'folder of the store')
    .requiredOption('--symbol <ticker>', 'underlying', (text) => text.toUpperCase())
    .requiredOption(
      '--at <instant>',
      'nothing taken later is shown; New York time when without an offset, a date is its close',
      parsed(instantOf),
    )
    .option('--expiration <date>', 'only this one, YYYY-MM-DD', parsed(dateOf))
    .option('--json', 'one JSON object')
    .action(async (options: Options) => {
      const shown = await load(options);
      const text = options.json ? `${JSON.stringify(chainJson(shown))}\n` : chainTable(shown);
      process.stdout.write(text);
    });
}

function dateOf(text: string): IsoDate {
  epochDay(text);
  return text;
}

function parsed<V>(parse: (text: string) => V): (text: string) => V {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

async function load(options: Options): Promise<ShownChain> {
  if (!existsSync(join(options.store, 'CURRENT'))) throw refusal('NO_STORE', `there is no store in ${options.store}`);
  const store = new LevelStore({ path: options.store });
  await store.start();
  try {
    return await read(store, options);
  } finally {
    await store.stop();
  }
}

async function read(store: Store, { symbol, at, expiration }: Options): Promise<ShownChain> {
  const chain = await store.chainAt(symbol, at);
  if (chain === null) throw refusal('NO_CHAIN', `the store has no chain of ${symbol} taken by then`);
  const wanted = expiration === undefined ? null : epochDay(expiration);
  if (wanted !== null && !chain.expiration.includes(wanted)) {
    throw refusal('NO_EXPIRATION', `the chain of ${symbol} has no contracts that expire on ${expiration}`);
  }
  const rate = await storedRate(store, newYorkDate(chain.takenAt));
  const greeks = chainGreeks(chain, { now: chain.takenAt, rate: rate?.rate ?? 0 });
  const flags = chainFlags(chain, at, LIMITS);
  const history = await storedVolatility(store, symbol, newYorkDate(chain.takenAt));
  return { ...greeks, flags, expiration: wanted, rate, history };
}

function refusal(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}
