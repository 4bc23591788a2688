import type { Account } from '../../../core/portfolio/account.ts';
import type { ReportedPosition } from '../../../core/portfolio/position.ts';
import { type Answer, unanswered } from '../answer.ts';
import type { Nonsense } from './map-contract.ts';
import { toPosition } from './map-event.ts';
import { amountIn } from './map-number.ts';
import type { Question } from './requests.ts';
import { dropped, offline, type Room } from './room.ts';
import type { Session } from './session.ts';
import { SingleFile } from './single-file.ts';
import type { WholeAnswers } from './whole-answers.ts';

/** The broker's tag of each figure. */
const TAGS = {
  NetLiquidation: 'netLiquidation',
  TotalCashValue: 'cash',
  BuyingPower: 'buyingPower',
  ExcessLiquidity: 'excessLiquidity',
} as const satisfies Record<string, keyof Account>;

/** Positions and figures of the one account. */
export class AccountQuestions {
  readonly #room: Room;
  readonly #whole: WholeAnswers;
  /** By contract id: a later row about the same contract takes the place of an earlier one. */
  readonly #positions: SingleFile<Map<number, ReportedPosition | Nonsense>>;
  readonly #summaries = new Map<number, Question<Account>>();

  constructor(room: Room, whole: WholeAnswers) {
    this.#room = room;
    this.#whole = whole;
    this.#positions = new SingleFile('positions', room.requests, room.clock);
  }

  attach(session: Session): void {
    session.listen('position', (account, contract, quantity, averageCost) => {
      const held = this.#positions.current?.collected;
      if (held === undefined || account !== this.#room.account()) return;
      const position = toPosition(contract, quantity, averageCost);
      if (position === null) held.delete(contract.conId ?? 0);
      else held.set(contract.conId ?? 0, position);
    });
    session.listen('positionEnd', () => {
      // Positions are a subscription: without this the broker goes on sending every change. Before the next question.
      void this.#room.requests.tell('question', 'end of positions', (api) => api.cancelPositions());
      this.#positions.end();
    });
    session.listen('accountSummary', (id, account, tag, value, currency) => {
      const question = this.#summaries.get(id);
      const field = Object.hasOwn(TAGS, tag) ? TAGS[tag as keyof typeof TAGS] : null;
      if (question === undefined || field === null || account !== this.#room.account()) return;
      if (currency !== 'USD' && currency !== '') return dropped(this.#room, `${tag} in ${currency}, not in US dollars`);
      question.collected = { ...question.collected, [field]: amountIn(value) };
    });
    session.listen('accountSummaryEnd', (id) => this.#summaries.get(id)?.done());
  }

  reset(): void {
    this.#positions.reset();
  }

  async positions(): Promise<Answer<readonly ReportedPosition[]>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    if (this.#room.account() === '') return noAccount();
    const answer = await this.#positions.ask(new Map(), (api) => api.reqPositions());
    return answer.ok ? this.#whole.of('positions', answer.value.values()) : answer;
  }

  async account(): Promise<Answer<Account>> {
    const none = offline(this.#room);
    if (none !== null) return none;
    const id = this.#room.account();
    if (id === '') return noAccount();
    const question = this.#room.requests.question<Account>({
      what: 'account summary',
      collected: { id, netLiquidation: null, cash: null, buyingPower: null, excessLiquidity: null },
      ended: (ended) => this.#summaries.delete(ended.id),
    });
    this.#summaries.set(question.id, question);
    const tags = Object.keys(TAGS).join(',');
    this.#room.requests.send(question, 'question', (api) => api.reqAccountSummary(question.id, 'All', tags));
    const answer = await question.answer;
    if (question.sent) {
      void this.#room.requests.tell('question', 'end of account summary', (api) =>
        api.cancelAccountSummary(question.id),
      );
    }
    return answer;
  }
}

function noAccount(): Answer<never> {
  return unanswered('refused', 'the broker has named no account');
}
