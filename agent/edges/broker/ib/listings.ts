import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { ContractDetails } from '@stoqey/ib/dist/api/contract/contractDetails.js';
import { newYorkDate } from '../../../core/calendar/new-york.ts';
import type { IsoDate } from '../../../core/calendar/time.ts';
import {
  describeInstrument,
  type Instrument,
  instrumentKey,
  type ListedInstrument,
  type OptionContract,
  type Right,
} from '../../../core/market/contract.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { ListedOptions } from '../market-data.ts';
import { isNonsense, toListed, vendorContract } from './map-contract.ts';
import { type OptionParameters, toListedOptions } from './map-options.ts';
import type { Question } from './requests.ts';
import { dropped, offline, type Room } from './room.ts';
import type { Session } from './session.ts';

/** One expiration and right of a chain. */
export interface Strip {
  readonly options: ListedOptions;
  readonly expiration: IsoDate;
  readonly right: Right;
}

/** What the broker lists, asked for once a trading day: contracts by id, option chains, strips of strikes. */
export class Listings {
  readonly #room: Room;
  readonly #details = new Map<number, Question<ContractDetails[]>>();
  readonly #parameters = new Map<number, Question<OptionParameters[]>>();
  readonly #cache = new Map<string, Promise<Answer<unknown>>>();
  readonly #byConId = new Map<number, ListedInstrument>();
  /** Of futures; all else is traded where the broker finds it best. */
  readonly #exchanges = new Map<number, string>();
  /** Thousands of contracts say the same few words, each anew off the wire. */
  readonly #words = new Map<string, string>();
  #day: IsoDate = '';

  constructor(room: Room) {
    this.#room = room;
  }

  attach(session: Session): void {
    session.listen('contractDetails', (id, details) => this.#details.get(id)?.collected.push(details));
    session.listen('contractDetailsEnd', (id) => this.#details.get(id)?.done());
    session.listen('securityDefinitionOptionParameter', (id, exchange, underlyingConId, ...rest) => {
      const [tradingClass, multiplier, expirations, strikes] = rest;
      this.#parameters
        .get(id)
        ?.collected.push({ exchange, underlyingConId, tradingClass, multiplier, expirations, strikes });
    });
    session.listen('securityDefinitionOptionParameterEnd', (id) => this.#parameters.get(id)?.done());
  }

  async list(instrument: Instrument): Promise<Answer<ListedInstrument>> {
    return this.#once(`list ${instrumentKey(instrument)}`, async () => {
      const answer = await this.#ask(vendorContract(instrument, 0), describeInstrument(instrument));
      if (!answer.ok) return answer;
      const front = instrument.kind === 'future' && instrument.contractMonth === '';
      const found = front ? answer.value.toSorted(byMonth).slice(0, 1) : answer.value;
      if (found.length === 1) return answered(found[0] as ListedInstrument);
      const what = found.length === 0 ? 'nothing' : `${found.length} contracts`;
      return unanswered('refused', `${what} listed for ${describeInstrument(instrument)}`);
    });
  }

  async options(symbol: string): Promise<Answer<ListedOptions>> {
    return this.#once(`options ${symbol}`, async () => {
      const underlying = await this.list({ kind: 'stock', symbol });
      if (!underlying.ok) return underlying;
      const { conId } = underlying.value;
      const question = this.#room.requests.question<OptionParameters[]>({
        what: `options of ${symbol}`,
        collected: [],
        ended: (ended) => this.#parameters.delete(ended.id),
      });
      this.#parameters.set(question.id, question);
      this.#room.requests.send(question, 'question', (api) =>
        api.reqSecDefOptParams(question.id, symbol, '', 'STK', conId),
      );
      const answer = await question.answer;
      if (!answer.ok) return answer;
      const options = toListedOptions(symbol, conId, answer.value);
      return isNonsense(options) ? unanswered('refused', options.nonsense) : answered(options);
    });
  }

  /** Every strike of one expiration and right: one question without a strike brings them all. */
  async strip(strip: Strip): Promise<Answer<readonly ListedInstrument[]>> {
    const { options, expiration, right } = strip;
    return this.#once(`strip ${options.tradingClass} ${expiration} ${right}`, async () => {
      const contract: Contract = {
        symbol: options.symbol,
        secType: 'OPT' as Contract['secType'] & string,
        exchange: 'SMART',
        currency: 'USD',
        lastTradeDateOrContractMonth: expiration.replaceAll('-', ''),
        right: right as Contract['right'] & string,
        multiplier: options.multiplier,
        tradingClass: options.tradingClass,
      };
      const answer = await this.#ask(contract, `${options.symbol} ${right} ${expiration}`);
      return answer.ok ? answered(answer.value.filter((listed) => isRow(listed.instrument, strip))) : answer;
    });
  }

  /** What each of these ids stands for, as far as the broker says; unknown ones give null. */
  async lookUp(conIds: readonly number[]): Promise<(conId: number) => Instrument | null> {
    const unknown = [...new Set(conIds)].filter((conId) => conId > 0 && !this.#byConId.has(conId));
    await Promise.all(unknown.map((conId) => this.#ask({ conId }, `contract ${conId}`)));
    return (conId) => this.#byConId.get(conId)?.instrument ?? null;
  }

  /** The contract to subscribe to, on the exchange where the broker lists it. */
  contractOf(listed: ListedInstrument): Contract {
    const contract = vendorContract(listed.instrument, listed.conId);
    const exchange = contract.exchange ?? this.#exchanges.get(listed.conId);
    return exchange === undefined ? contract : { ...contract, exchange };
  }

  async #ask(contract: Contract, what: string): Promise<Answer<ListedInstrument[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const question = this.#room.requests.question<ContractDetails[]>({
      what: `contract details of ${what}`,
      collected: [],
      ended: (ended) => this.#details.delete(ended.id),
    });
    this.#details.set(question.id, question);
    this.#room.requests.send(question, 'question', (api) => api.reqContractDetails(question.id, contract));
    const answer = await question.answer;
    if (!answer.ok) return answer;
    const found = new Map<number, ListedInstrument>();
    for (const details of answer.value) {
      const said = toListed(details);
      if (isNonsense(said)) {
        dropped(this.#room, said.nonsense);
        continue;
      }
      const listed = this.#inSharedWords(said);
      found.set(listed.conId, listed);
      this.#byConId.set(listed.conId, listed);
      const exchange = details.contract.exchange;
      if (exchange && listed.instrument.kind === 'future') this.#exchanges.set(listed.conId, exchange);
    }
    return answered([...found.values()]);
  }

  #inSharedWords(listed: ListedInstrument): ListedInstrument {
    const { instrument } = listed;
    if (instrument.kind !== 'option') return listed;
    const symbol = this.#word(instrument.symbol);
    const tradingClass = this.#word(instrument.tradingClass);
    const expiration = this.#word(instrument.expiration);
    return { ...listed, instrument: { ...instrument, symbol, tradingClass, expiration } };
  }

  #word(text: string): string {
    const known = this.#words.get(text);
    if (known === undefined) this.#words.set(text, text);
    return known ?? text;
  }

  /** Answers are kept for the trading day; whatever was not answered in full is asked again. */
  #once<T>(key: string, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const today = newYorkDate(this.#room.clock.now());
    if (today !== this.#day) {
      this.#cache.clear();
      this.#day = today;
    }
    const kept = this.#cache.get(key) as Promise<Answer<T>> | undefined;
    if (kept !== undefined) return kept;
    const asked = ask().then((answer) => {
      if (!answer.ok && this.#cache.get(key) === asked) this.#cache.delete(key);
      return answer;
    });
    this.#cache.set(key, asked);
    return asked;
  }
}

function isRow(instrument: Instrument, strip: Strip): instrument is OptionContract {
  return (
    instrument.kind === 'option' &&
    instrument.expiration === strip.expiration &&
    instrument.right === strip.right &&
    instrument.tradingClass === strip.options.tradingClass
  );
}

function byMonth(a: ListedInstrument, b: ListedInstrument): number {
  return instrumentKey(a.instrument) < instrumentKey(b.instrument) ? -1 : 1;
}
