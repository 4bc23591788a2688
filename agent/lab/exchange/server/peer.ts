/** One client, as the desks that serve it see it. */
export interface Peer {
  readonly clientId: number;
  /** Sees the orders and executions of all clients. */
  readonly isMaster: boolean;
  readonly version: number;
  send(frame: Buffer): void;
  /** `id` is the request's or order's; -1 = none. */
  error(id: number, code: number, text: string): void;
}

/** A request's id and what answers it; the body is the whole message. */
export type Route = readonly [requestId: number, answer: (body: Buffer) => void];
