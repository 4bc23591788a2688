import type { Order } from '../../core/orders/order.ts';
import { isClosing } from '../../core/risk/closing.ts';
import { workingOrders } from '../../core/risk/exposure.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Guard } from '../../edges/guard/guard.ts';
import type { Outcome } from '../../edges/status/board.ts';
import { STORE_ALERT } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import { missingOf } from './guard-words.ts';
import { count } from './occasion.ts';
import { heldSentence, type RiskWatch } from './risk-watch.ts';
import type { TradingSwitch } from './trading-switch.ts';
import type { Turn } from './turn.ts';

export interface HaltParts {
  readonly broker: Pick<Broker, 'cancel'>;
  readonly blotter: Blotter;
  readonly tradingSwitch: TradingSwitch;
  readonly risk: Pick<RiskWatch, 'asksFor' | 'holds' | 'release'>;
  /** `null` where orders pass none: in a replay. */
  readonly guard: Pick<Guard, 'halt' | 'standing'> | null;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Shared with whoever places orders. */
  readonly turn: Turn;
  /** Why the books cannot be trusted, or `null`. */
  readonly obstacle: () => string | null;
}

const ALERT = 'halt';
const ACTIVE = 'Trading is active again.';
const LIFTED = 'The halt is lifted.';
const REDUCING = 'Trading is reducing: positions may only be closed. Resume once more to let it open new ones.';

/** Stops the flow of orders and takes back what is still working, again and again until nothing is. Positions stay. */
export class Halt {
  readonly #parts: HaltParts;

  constructor(parts: HaltParts) {
    this.#parts = parts;
  }

  /** A person's halt: here, and at the wire, which nothing that happens here can hold up. */
  async halt(reason: string, source: string): Promise<string> {
    const tripped = this.#parts.guard?.halt(reason, source);
    const said = await this.follow(reason, source);
    return tripped === undefined ? said : `${said} ${guardSentence(await tripped)}`;
  }

  /**
   * Our own part of a halt. Never fails: a disk that is full stops neither the halt nor the cancels; then the answer says that
   * a restart forgets.
   */
  async follow(reason: string, source: string): Promise<string> {
    const { tradingSwitch, clock, log, turn } = this.#parts;
    const before = tradingSwitch.owner;
    log.warn({ reason, source }, 'trading halted');
    const unstored =
      before.state === 'halted' ? null : await failureOf(tradingSwitch.halt(`${reason} (${source})`, clock.now()));
    const { working, asked } = await this.enforce();
    // An order that was on its way out while the halt came in is working by now.
    void turn
      .take(() => this.enforce())
      .catch((error: unknown) => log.error({ error: String(error) }, 'cancel failed'));
    const lead = before.state === 'halted' ? `Halted already: ${before.reason}.` : 'Halted.';
    const sentences = [lead, workingSentence(working, asked)];
    if (unstored !== null) sentences.push(`It could not be stored (${unstored}): a restart would forget it.`);
    return sentences.join(' ');
  }

  /** Something was told that cannot be true: nobody pressed anything, so a person must be told. */
  async alarm(reason: string): Promise<void> {
    const { alerts, clock, log } = this.#parts;
    log.error({ reason }, 'an event that cannot be true');
    await this.follow(reason, 'appliance');
    const unshown = await failureOf(
      alerts.raise(ALERT, { severity: 'critical', text: `Trading halted by itself: ${reason}`, at: clock.now() }),
    );
    if (unshown !== null) log.error({ unshown }, 'the alert could not be stored');
  }

  /** Of the orders that may still fill those that must not: while halted all, while an open breaker lets only close what would open. */
  get unwanted(): readonly Order[] {
    const { tradingSwitch, risk, blotter } = this.#parts;
    const sent = blotter.working.filter((order) => order.facts.sent);
    if (tradingSwitch.state.state === 'halted') return sent;
    if (risk.asksFor !== 'reducing') return [];
    const books = { holdings: blotter.openPositions, working: workingOrders(blotter.orders) };
    return sent.filter(({ intent, filled }) => !isClosing({ ...intent, quantity: intent.quantity - filled }, books));
  }

  /** Asks for the cancel of every order that must not fill any more. */
  async enforce(): Promise<{ readonly working: number; readonly asked: number }> {
    const working = this.unwanted;
    let asked = 0;
    for (const order of working) if (await this.#cancel(order)) asked += 1;
    return { working: working.length, asked };
  }

  async resume(source: string): Promise<Outcome> {
    const { tradingSwitch, risk, guard, alerts, obstacle, clock, log } = this.#parts;
    const before = tradingSwitch.owner.state;
    const why = (guard === null ? null : missingOf(guard.standing)) ?? obstacle();
    if (before === 'active' && risk.holds.length === 0) {
      return why === null ? did('Trading is active already.') : didNot(`No order passes: ${why}.`);
    }
    if (why !== null) return didNot(`Not resumed: ${why}.`);
    log.warn({ source }, 'trading resumed');
    // What may be cleared by hand; the rest is said.
    const held = heldSentence(await risk.release());
    if (before === 'active') return held === '' ? did(ACTIVE) : didNot(held);
    const reduces = before === 'halted' && guard?.standing.afterReset === 'reducing';
    if (reduces) await tradingSwitch.reduce(`resumed after a halt (${source})`, clock.now());
    else await tradingSwitch.activate(`resumed (${source})`, clock.now());
    for (const key of [ALERT, STORE_ALERT]) await alerts.resolve(key, clock.now());
    if (held === '') return did(reduces ? REDUCING : ACTIVE);
    return did(`${reduces ? REDUCING : LIFTED} ${held}`);
  }

  async #cancel(order: Order): Promise<boolean> {
    const { broker, blotter, clock, log } = this.#parts;
    if (order.orderId === null) return false;
    const answer = await broker.cancel(order.orderId);
    if (!answer.ok) return false;
    const unbooked = await failureOf(blotter.apply(order.intent.id, { kind: 'cancelRequested', at: clock.now() }));
    if (unbooked !== null) log.error({ order: order.intent.id, unbooked }, 'a cancel was sent and could not be booked');
    return true;
  }
}

function did(text: string): Outcome {
  return { done: true, text };
}

function didNot(text: string): Outcome {
  return { done: false, text };
}

function workingSentence(working: number, asked: number): string {
  if (working === 0) return 'No order is working; positions stay as they are.';
  const sent = `Cancel sent for ${count(asked, 'working order')}; positions stay as they are.`;
  if (asked === working) return sent;
  return `${sent} ${count(working - asked, 'order')} could not be cancelled yet: it is tried again as soon as the broker answers.`;
}

function guardSentence(failure: string | null): string {
  if (failure === null) return 'The guard has tripped too: nothing passes at the wire until its own reset.';
  return `The guard did not answer (${failure}): it is told again as soon as it does.`;
}

async function failureOf(work: Promise<void>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
