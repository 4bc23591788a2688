import type { Observation } from '../../core/risk/observation.ts';
import type { Answer } from '../../edges/broker/answer.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Link } from '../../edges/broker/link.ts';

/** The broker itself; what became of each question is told on the way back. What was not sent is no question. */
export class WatchedBroker implements Broker {
  readonly #broker: Broker;
  readonly #observe: (observation: Observation) => void;

  constructor(broker: Broker, observe: (observation: Observation) => void) {
    this.#broker = broker;
    this.#observe = observe;
  }

  get link(): Link {
    return this.#broker.link;
  }

  get nextOrderId(): number | null {
    return this.#broker.nextOrderId;
  }

  start(): Promise<void> {
    return this.#broker.start();
  }

  stop(): Promise<void> {
    return this.#broker.stop();
  }

  onEvent(listener: Parameters<Broker['onEvent']>[0]): () => void {
    return this.#broker.onEvent(listener);
  }

  async place(...order: Parameters<Broker['place']>): ReturnType<Broker['place']> {
    return this.#wish('place', await this.#broker.place(...order));
  }

  async cancel(...order: Parameters<Broker['cancel']>): ReturnType<Broker['cancel']> {
    return this.#wish('cancel', await this.#broker.cancel(...order));
  }

  async cancelAll(): ReturnType<Broker['cancelAll']> {
    return this.#wish('cancel all', await this.#broker.cancelAll());
  }

  async preview(...order: Parameters<Broker['preview']>): ReturnType<Broker['preview']> {
    return this.#wish('what if', await this.#broker.preview(...order));
  }

  async openOrders(): ReturnType<Broker['openOrders']> {
    return this.#question('open orders', await this.#broker.openOrders());
  }

  async completedOrders(): ReturnType<Broker['completedOrders']> {
    return this.#question('completed orders', await this.#broker.completedOrders());
  }

  async executions(): ReturnType<Broker['executions']> {
    return this.#question('executions', await this.#broker.executions());
  }

  async positions(): ReturnType<Broker['positions']> {
    return this.#question('positions', await this.#broker.positions());
  }

  async account(): ReturnType<Broker['account']> {
    const answer = this.#question('account', await this.#broker.account());
    const unknown = { netLiquidation: null, excessLiquidity: null };
    if (!answer.ok) this.#observe({ kind: 'account', ...unknown, fault: `it did not answer (${answer.reason})` });
    else {
      const { netLiquidation, excessLiquidity } = answer.value;
      this.#observe({ kind: 'account', netLiquidation, excessLiquidity, fault: null });
    }
    return answer;
  }

  async time(): ReturnType<Broker['time']> {
    return this.#question('time', await this.#broker.time());
  }

  /** Only an answer counts: a question that is refused says as little as one that is not answered. */
  #question<T>(question: string, answer: Answer<T>): Answer<T> {
    if (answer.ok) this.#observe({ kind: 'call', ok: true, question, reason: '' });
    else if (answer.failure !== 'offline') {
      this.#observe({ kind: 'call', ok: false, question, reason: answer.reason });
    }
    return answer;
  }

  /** A refusal is an answer: the broker may say no to an order. */
  #wish<T>(question: string, answer: Answer<T>): Answer<T> {
    if (answer.ok || answer.failure !== 'refused') return this.#question(question, answer);
    this.#observe({ kind: 'call', ok: true, question, reason: '' });
    return answer;
  }
}
