import { isoDate } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../history.ts';
import { ChainFinish } from './chain-finish.ts';
import { CHAIN_LAYOUTS, type ChainLayout } from './chain-layouts.ts';
import { ChainReader } from './chain-reader.ts';
import { BROKEN } from './fields.ts';
import { dayIn, symbolIn } from './file-names.ts';
import { fingerprintOf } from './fingerprint.ts';
import { sessionDayBefore } from './moments.ts';
import { headerNames, type OnRead, scannedFile } from './scanned-file.ts';
import { Tally } from './tally.ts';

export interface ChainFileOptions {
  readonly path: string;
  readonly format: string;
  /** Instead of the one in the file's name. */
  readonly symbol?: string | undefined;
  readonly onRead?: OnRead;
}

/** A CSV, plain or gzip, whose rows are option quotes; chain-layouts.ts says how they are laid out. */
export class ChainFile implements HistorySource {
  readonly paths: readonly string[];
  readonly #symbol: string;
  readonly #layout: ChainLayout;
  readonly #onRead: OnRead;
  #tally: Tally;

  constructor({ path, format, symbol, onRead }: ChainFileOptions) {
    this.paths = [path];
    this.#symbol = symbol ?? symbolIn(path);
    this.#layout = CHAIN_LAYOUTS[format] as ChainLayout;
    this.#onRead = onRead ?? (() => undefined);
    this.#tally = new Tally(path, format);
  }

  async *read(known: KnownHistory): AsyncGenerator<HistoryPart> {
    const [path] = this.paths as readonly [string];
    const tally = new Tally(path, this.#tally.format);
    this.#tally = tally;
    const finish = new ChainFinish(known, tally, this.#layout.findSplits === true);
    let reader: ChainReader | null = null;
    let line = 2;
    for await (const scan of scannedFile(path, tally, this.#onRead)) {
      if (reader === null) {
        if (!scan.next()) continue;
        reader = await this.#reader(scan.texts(), known);
        if (reader === null) return;
      }
      while (reader.values.next(scan)) {
        const chain = reader.row(scan);
        if (chain === null) continue;
        yield* finished(finish, chain, line);
        line = scan.line;
      }
    }
    if (reader === null) tally.fail('empty: there is not even a header');
    const last = reader?.take(tally.report().complete) ?? null;
    if (last !== null) yield* finished(finish, last, line);
  }

  fingerprint(): Promise<string> {
    return fingerprintOf(this.paths);
  }

  reports(): readonly FileReport[] {
    return [this.#tally.report()];
  }

  /** `null` when the file's rows cannot be given a time. */
  async #reader(header: readonly string[], known: KnownHistory): Promise<ChainReader | null> {
    const columns = { layout: this.#layout, header: headerNames(header), symbol: this.#symbol, tally: this.#tally };
    if (this.#layout.time !== 'file name') return new ChainReader({ ...columns, session: null });
    const named = dayIn(this.paths[0] as string);
    const session = named === null ? BROKEN : sessionDayBefore(named);
    if (named === null || session === BROKEN) {
      this.#tally.fail('its name is no date that is known (expected YYYYMMDD.csv)');
      return null;
    }
    const splits = (await known.actions(this.#symbol)).filter(({ kind }) => kind === 'split');
    const mixed = splits.some(({ date }) => date > isoDate(session) && date <= isoDate(named));
    return new ChainReader({ ...columns, session, mixed });
  }
}

async function* finished(finish: ChainFinish, chain: Chain, line: number): AsyncGenerator<HistoryPart> {
  const done = await finish.finish(chain, line);
  const { symbol } = chain;
  if (done.split?.detected) yield { kind: 'actions', symbol, actions: [done.split] };
  yield { kind: 'chain', chain: done.chain };
}
