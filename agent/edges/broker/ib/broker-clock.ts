import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import { type Answer, answered } from '../answer.ts';
import type { Requests } from './requests.ts';
import type { Session } from './session.ts';
import { SingleFile } from './single-file.ts';

/** The broker's clock: the smallest round trip there is. */
export class BrokerClock {
  readonly #asked: SingleFile<EpochMs>;

  constructor(requests: Requests, clock: Clock) {
    this.#asked = new SingleFile('time', requests, clock);
  }

  attach(session: Session): void {
    session.listen('currentTime', (seconds) => {
      const question = this.#asked.current;
      if (question !== null) question.collected = seconds * 1000;
      this.#asked.end();
    });
  }

  reset(): void {
    this.#asked.reset();
  }

  time(timeoutMs?: number): Promise<Answer<EpochMs>> {
    return this.#asked.ask(0, (api) => api.reqCurrentTime(), timeoutMs);
  }

  async answers(timeoutMs: number): Promise<boolean> {
    return (await this.time(timeoutMs)).ok;
  }

  /** Round trips until one of them passed with nothing else on the wire: all that was on its way has been handled. */
  async settled(session: Session): Promise<Answer<void>> {
    for (;;) {
      const { sent, received } = session;
      const answer = await this.time();
      if (!answer.ok) return answer;
      if (session.sent === sent + 1 && session.received === received + 1) return answered(undefined);
    }
  }
}
