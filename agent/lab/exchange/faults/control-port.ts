import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ControlCalls, type ControlParts } from './control-calls.ts';

const LOOPBACK = '127.0.0.1';
const LONGEST_LINE = 1 << 20;

/** Lets tests and the command line steer the faults of a running exchange: one JSON object a line, on this machine only. */
export class ControlPort {
  readonly #server: Server = createServer();
  readonly #calls: ControlCalls;
  readonly #wanted: number;
  readonly #sockets = new Set<Socket>();

  /** Port 0 = any that is free. */
  constructor(port: number, parts: ControlParts) {
    this.#wanted = port;
    this.#calls = new ControlCalls(parts);
  }

  /** Rejects with the system's error (`EADDRINUSE`) when the port cannot be had. */
  async start(): Promise<void> {
    this.#server.on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: LOOPBACK, port: this.#wanted }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  stop(): void {
    this.#calls.stop();
    if (this.#server.listening) this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#wanted;
  }

  #serve(socket: Socket): void {
    let text = '';
    this.#sockets.add(socket);
    socket.setEncoding('utf8').on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() as string;
      for (const line of lines) if (line.trim() !== '') socket.write(`${JSON.stringify(this.#answer(line))}\n`);
      if (text.length > LONGEST_LINE) socket.destroy();
    });
  }

  #answer(line: string): unknown {
    let call: unknown;
    try {
      call = JSON.parse(line);
    } catch {
      return { ok: false, error: 'a call is one line of JSON' };
    }
    return this.#calls.answer(call);
  }
}
