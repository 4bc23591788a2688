import { REPLY } from '../../../ground/wire/message-ids.ts';
import { UNSET_DOUBLE } from '../../../ground/wire/unset.ts';
import type { FaultSettings } from './fault.ts';
import type { Line } from './line.ts';
import type { Message } from './message.ts';
import { isMeant, refOfReply } from './order-reference.ts';

const UNASKED = '-1';
const REQUEST_ID = 1;
const CON_ID = 3;
const SEC_TYPE = 5;
const EXEC_ID = 14;
const PERM_ID = 21;
const AMOUNT = 3;
const REALIZED = 5;
const FIRST_OF_MARGINS = 60;
/** Nine figures of margin and three of commission follow the status. */
const MARGINS = 12;
const WARNING = 14;

/** Order reports of one client that come in the wrong order, later, or without their figures. */
export class ReportFaults {
  readonly #line: Line;
  /** Executions that wait for their commission. */
  readonly #waiting = new Map<string, Message>();
  /** Executions that are told later, and their commissions with them; 0 = never. */
  readonly #late = new Map<string, number>();

  constructor(line: Line) {
    this.#line = line;
  }

  changed(message: Message): readonly Message[] {
    switch (message.id) {
      case REPLY.execution:
        return message.field(REQUEST_ID) === UNASKED ? this.#execution(message) : [message];
      case REPLY.commission:
        return this.#commission(message);
      case REPLY.openOrder:
        return this.#preview(message);
      default:
        return [message];
    }
  }

  #execution(message: Message): readonly Message[] {
    const { board } = this.#line;
    const execId = message.field(EXEC_ID);
    const late = board.has('legOnlyFill') ? this.#lateLeg(message) : null;
    if (late !== null) {
      this.#late.set(execId, late);
      this.#tellLater(message, late);
      return [];
    }
    if (!board.has('commissionFirst') || message.field(SEC_TYPE) === 'BAG') return [message];
    this.#waiting.set(execId, message);
    return [];
  }

  #commission(message: Message): readonly Message[] {
    const execId = message.field(2);
    const late = this.#late.get(execId);
    if (late !== undefined) {
      this.#tellLater(message, late);
      return [];
    }
    const execution = this.#waiting.get(execId);
    if (execution === undefined) return [message];
    this.#waiting.delete(execId);
    const settings = this.#line.board.use('commissionFirst');
    if (settings === null) return [execution, message];
    if (!settings.unset) return [message, execution];
    this.#tellLater(message, settings.ms);
    return [message.with(AMOUNT, UNSET_DOUBLE).with(REALIZED, UNSET_DOUBLE), execution];
  }

  /** When the execution of a combination is told: `null` = now. */
  #lateLeg(message: Message): number | null {
    const { board, book } = this.#line;
    const permId = message.number(PERM_ID);
    const order = [...book.openOrders(), ...book.completedOrders()].find((one) => one.permId === permId);
    const { legs = [], orderRef = '' } = order?.request ?? {};
    if (legs.length === 0) return null;
    const fits = ({ ref }: FaultSettings['legOnlyFill']) => isMeant(ref, orderRef);
    const settings = board.get('legOnlyFill', fits);
    if (settings === null || message.number(CON_ID) === legs[settings.leg - 1]?.conId) return null;
    return board.use('legOnlyFill', fits)?.ms ?? null;
  }

  #preview(message: Message): readonly Message[] {
    if (!this.#line.board.has('whatIfUnset')) return [message];
    const { fields } = message;
    const status = fields.findIndex((field, at) => at > FIRST_OF_MARGINS && field === 'PreSubmitted');
    if (status < 0 || fields[status - 1] !== '1') return [message];
    const settings = this.#line.board.use('whatIfUnset');
    if (settings === null) return [message];
    this.#tellLater(message, settings.ms);
    let unset = message;
    for (let at = status + 1; at <= status + MARGINS; at += 1) unset = unset.with(at, UNSET_DOUBLE);
    return [unset.with(status + WARNING, 'The margin is being computed')];
  }

  #tellLater(message: Message, ms: number): void {
    if (ms > 0) this.#line.later(ms, () => this.#line.put(message));
  }
}

/** Whether a message of the exchange gets lost. */
export function isLost(message: Message, line: Line): boolean {
  const { board } = line;
  if (!board.has('swallow')) return false;
  const ref = refOfReply(message, line);
  const fits = (wanted: FaultSettings['swallow']) =>
    wanted.way === 'out' && (wanted.message === 0 || wanted.message === message.id) && isMeant(wanted.ref, ref);
  return board.use('swallow', fits) !== null;
}

/** Whether a message of the exchange comes twice. */
export function isTwice(message: Message, line: Line): boolean {
  const { board } = line;
  if (!board.has('duplicate')) return false;
  const ref = refOfReply(message, line);
  const fits = (wanted: FaultSettings['duplicate']) =>
    (wanted.message === 0 || wanted.message === message.id) && isMeant(wanted.ref, ref);
  return board.use('duplicate', fits) !== null;
}
