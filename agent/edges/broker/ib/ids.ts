/** Errors of requests and of orders share one number space on the wire, so the two ranges never meet. */
const FIRST_REQUEST_ID = 1_000_000_000;
const LAST_REQUEST_ID = 2_000_000_000;

export function isOrderId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0 && id < FIRST_REQUEST_ID;
}

export class RequestIds {
  #next = FIRST_REQUEST_ID;

  next(): number {
    const id = this.#next;
    this.#next = id === LAST_REQUEST_ID ? FIRST_REQUEST_ID : id + 1;
    return id;
  }
}

/** The lowest order id that may be used: above what the broker offers and above every id this client was seen with. */
export class OrderIds {
  #highest = 0;
  #offered = false;

  get next(): number | null {
    return this.#offered ? this.#highest + 1 : null;
  }

  /** A gateway may offer less after a restart than before: the high-water mark stays. */
  offer(nextValidId: number): void {
    this.#offered = true;
    this.use(nextValidId - 1);
  }

  use(orderId: number): void {
    if (orderId > this.#highest && orderId < FIRST_REQUEST_ID) this.#highest = orderId;
  }

  /** Until the next session offers one. */
  withdraw(): void {
    this.#offered = false;
  }
}
