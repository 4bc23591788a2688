import type { Board, Controls } from '../edges/status/board.ts';
import type { Clock } from '../edges/system/clock.ts';

/** How long somebody at the box has to ask for it after letting the button go. */
const WITHIN_MS = 60_000;
const REFUSAL =
  'Not resumed: hold the mode button on the box for 3 seconds, let it go, and ask again within a minute. ' +
  'If it does not work, set hardware.button.neededToResume to false.';

/** After a halt trading goes on only when somebody stands at the box and means it: the button is held, then RESUME is asked for. */
export class ButtonResume {
  readonly #clock: Pick<Clock, 'elapsed'>;
  #heldAt: number | null = null;

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock;
  }

  held(): void {
    this.#heldAt = this.#clock.elapsed();
  }

  /** The same controls; a resume that is taken uses the holding up. */
  guarding(controls: Controls, board: Pick<Board, 'current'>): Controls {
    return {
      halt: (reason, source) => controls.halt(reason, source),
      reconcile: (accept, source) => controls.reconcile(accept, source),
      schedule: (command, source) => controls.schedule(command, source),
      resume: async (source) => {
        if (board.current.trading.state !== 'halted') return controls.resume(source);
        if (this.#heldAt === null || this.#clock.elapsed() - this.#heldAt > WITHIN_MS) {
          return { done: false, text: REFUSAL };
        }
        const answer = await controls.resume(`${source}, with the button`);
        if (board.current.trading.state !== 'halted') this.#heldAt = null;
        return answer;
      },
    };
  }
}
