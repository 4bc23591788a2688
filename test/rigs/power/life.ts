import { bootMachine } from '../machine/boot.ts';
import type { Machine } from '../machine/machine.ts';
import type { Guest } from './guest-image.ts';
import { PAGE_PORT, TOKEN } from './guest-image.ts';
import type { GuestLine, HostLine } from './lines.ts';

export interface LifeWish {
  readonly guest: Guest;
  /** Of the disk's server. */
  readonly socket: string;
  readonly gatewayPort: number;
  readonly pagePort: number;
  readonly heard: (line: GuestLine) => void;
}

const LONGEST_MS = 300_000;

/** The machine from one start to the moment in which its power is cut. */
export class Life {
  readonly #machine: Machine;
  readonly #page: string;
  readonly #heard: (line: GuestLine) => void;
  readonly #over: Promise<void>;
  readonly #ready = Promise.withResolvers<void>();
  #isCut = false;
  #trouble: Error | null = null;

  constructor({ guest, socket, gatewayPort, pagePort, heard }: LifeWish) {
    this.#page = `http://127.0.0.1:${pagePort}`;
    this.#heard = heard;
    this.#machine = bootMachine({
      ...{ kernel: guest.kernel, initramfs: guest.initramfs, deadlineMs: LONGEST_MS },
      drives: [`file=nbd:unix:${socket},format=raw`, `file=${guest.programs},format=raw,readonly=on`],
      devices: [
        ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${pagePort}-:${PAGE_PORT}`],
        ...['-device', 'virtio-net-pci,netdev=net,romfile='],
      ],
      // What the kernel does not know is in the environment of the first process.
      append: `gateway=${gatewayPort}`,
    });
    this.#ready.promise.catch(() => undefined);
    this.#over = this.#listen();
  }

  /** Resolves when the timetable runs; rejects when it will not. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Of the machine itself, which ended by itself or says what nobody understands. */
  get trouble(): Error | null {
    return this.#trouble;
  }

  send(line: HostLine): void {
    this.#machine.send(line);
  }

  console(): string {
    return this.#machine.console();
  }

  /** Of the page; `null` while nobody answers. */
  async get<T>(path: string): Promise<T | null> {
    try {
      const answer = await fetch(`${this.#page}${path}`, {
        headers: HEADERS,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return answer.ok ? ((await answer.json()) as T) : null;
    } catch {
      return null;
    }
  }

  /** Answers what the page said. */
  async post(path: string): Promise<string> {
    const request = { method: 'POST', headers: HEADERS, signal: AbortSignal.timeout(PATIENCE_MS) };
    return (await fetch(`${this.#page}${path}`, request)).text();
  }

  /** Resolves when it is dead and all that it had said is heard. */
  async cut(): Promise<void> {
    this.#isCut = true;
    const console = this.console();
    await this.#machine.kill();
    await this.#over;
    this.#ready.reject(new Error(`the power was cut before it was ready\n${console}`));
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const line = (await this.#machine.next()) as GuestLine | null;
        if (line === null) break;
        if (line.kind === 'ready') this.#ready.resolve();
        if (line.kind === 'failed') this.#ready.reject(new Error(`${line.code}: ${line.message}`));
        if (line.kind === 'noDisk') this.#ready.reject(new Error(`the disk cannot be mounted\n${this.console()}`));
        this.#heard(line);
      }
      if (!this.#isCut) throw new Error(`the machine ended by itself\n${this.console()}`);
    } catch (error) {
      // Half a line is what it was just saying.
      if (this.#isCut) return;
      this.#trouble = error as Error;
      this.#ready.reject(error);
    }
  }
}

const HEADERS = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
const PATIENCE_MS = 10_000;
