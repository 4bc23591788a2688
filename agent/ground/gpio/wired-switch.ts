import { ContactTravel, TRAVEL_MS } from './contact-travel.ts';
import type { KernelPort } from './kernel-port.ts';
import { type KernelSwitch, openKernelSwitch, type SwitchWiring } from './kernel-switch.ts';
import type { KillSwitch, SwitchState } from './switch.ts';

/** Of the machine; never set. */
export interface SwitchTime {
  /** Milliseconds since some instant. */
  now(): number;
  after(ms: number, work: () => void): { cancel(): void };
}

export interface SwitchParts {
  readonly wiring: SwitchWiring;
  /** `null` = no chip. Asked again as long as there is none. */
  readonly port: () => Promise<KernelPort | null>;
  readonly time: SwitchTime;
}

const AGAIN_MS = 1_000;
/** While a machine starts, its chip may come and become ours a little after us. */
const PATIENCE_MS = 10_000;

/**
 * The red switch on the pins, whatever becomes of them. Lines that cannot be had at the start are `unknown` for some seconds;
 * after that, and whenever they are lost, they are a broken wire. They are asked for again every second.
 */
export class WiredSwitch implements KillSwitch {
  readonly #parts: SwitchParts;
  readonly #travel = new ContactTravel();
  readonly #since: number;
  #port: KernelPort | null = null;
  #contacts: KernelSwitch | null = null;
  #wasOpen = false;
  #trouble: string | null = 'not asked for yet';
  #again: { cancel(): void } | null = null;
  #settle: { cancel(): void } | null = null;
  #onEdge: () => void = () => undefined;
  #closed = false;

  constructor(parts: SwitchParts) {
    this.#parts = parts;
    this.#since = parts.time.now();
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  /** Before the first reading. Resolves also when the lines cannot be had: they are asked for again. */
  async open(): Promise<void> {
    try {
      this.#port ??= await this.#parts.port();
      if (this.#closed) return;
      const answer = openKernelSwitch(this.#port, this.#parts.wiring);
      if (answer.kind === 'opened') return this.#use(answer.contacts);
      this.#trouble = answer.reason;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
    }
    this.#askAgain();
  }

  read(): SwitchState {
    const contacts = this.#contacts;
    const now = this.#parts.time.now();
    if (contacts === null) return this.#wasOpen || now - this.#since >= PATIENCE_MS ? 'broken' : 'unknown';
    const levels = contacts.read();
    if (contacts.trouble !== null) {
      this.#lose(contacts, contacts.trouble);
      return 'broken';
    }
    const state = this.#travel.see(levels, now);
    if (state !== levels) this.#lookOnce();
    return state;
  }

  watch(onEdge: () => void): void {
    this.#onEdge = onEdge;
  }

  close(): void {
    this.#closed = true;
    this.#onEdge = () => undefined;
    this.#again?.cancel();
    this.#settle?.cancel();
    this.#contacts?.close();
    this.#contacts = null;
  }

  #use(contacts: KernelSwitch): void {
    this.#contacts = contacts;
    this.#wasOpen = true;
    this.#trouble = null;
    contacts.watch(() => this.#onEdge());
    this.#onEdge();
  }

  #lose(contacts: KernelSwitch, reason: string): void {
    contacts.close();
    this.#contacts = null;
    this.#trouble = reason;
    this.#askAgain();
  }

  #askAgain(): void {
    if (!this.#closed) this.#again = this.#parts.time.after(AGAIN_MS, () => void this.open());
  }

  /** Nothing need change any more when the time of the travel is over. */
  #lookOnce(): void {
    this.#settle?.cancel();
    this.#settle = this.#parts.time.after(TRAVEL_MS, () => this.#onEdge());
  }
}
