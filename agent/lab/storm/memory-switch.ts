import type { KillSwitch, SwitchState } from '../../ground/gpio/switch.ts';

/** The red switch as a hand that outlives the guard: it stays pressed while nobody looks. */
export class MemorySwitch implements KillSwitch {
  readonly trouble = null;
  #state: SwitchState = 'normal';
  #onEdge: () => void = () => undefined;

  set(state: SwitchState): void {
    this.#state = state;
    this.#onEdge();
  }

  read(): SwitchState {
    return this.#state;
  }

  watch(onEdge: () => void): void {
    this.#onEdge = onEdge;
  }

  close(): void {
    this.#onEdge = () => undefined;
  }
}
