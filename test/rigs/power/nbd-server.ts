import { createServer, type Server, type Socket } from 'node:net';
import { NbdSession } from './nbd-session.ts';
import type { VolatileDisk } from './volatile-disk.ts';

/** A disk for others on a unix socket, by the NBD protocol (nbd/doc/proto.md): fixed newstyle, simple replies. */
export class NbdServer {
  readonly #disk: VolatileDisk;
  readonly #server: Server;
  readonly #callers = new Set<Socket>();
  #hasPower = true;
  /** Asked before each flush is carried out and again before it is answered: `true` = the power goes in this moment. */
  onFlush: (moment: 'asked' | 'done') => boolean = () => false;

  constructor(disk: VolatileDisk) {
    this.#disk = disk;
    this.#server = createServer((caller) => this.#serve(caller));
  }

  start(path: string): Promise<void> {
    return new Promise((done, fail) => {
      this.#server.once('error', fail);
      this.#server.listen(path, done);
    });
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) caller.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  /** From now on nothing is answered; what the disk then holds is decided by its own `cut`. */
  loseSupply(): void {
    this.#hasPower = false;
    this.onFlush = () => false;
  }

  /** For those who call from now on; whoever had called before the power went is gone. */
  restoreSupply(): void {
    for (const caller of this.#callers) caller.destroy();
    this.#callers.clear();
    this.#hasPower = true;
  }

  #serve(caller: Socket): void {
    this.#callers.add(caller);
    caller.on('error', () => caller.destroy());
    caller.on('close', () => this.#callers.delete(caller));
    const session = new NbdSession(this.#disk, {
      answer: (bytes) => void caller.write(bytes),
      end: () => caller.destroy(),
      hasPower: () => this.#hasPower && this.#callers.has(caller),
      losesPower: (moment) => {
        if (!this.onFlush(moment)) return false;
        this.loseSupply();
        return true;
      },
    });
    session.greet();
    caller.on('data', (bytes: Buffer) => session.hear(bytes));
  }
}
