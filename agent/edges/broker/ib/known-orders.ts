interface Known {
  readonly orderRef: string;
  permId: number;
  acknowledged: boolean;
}

/**
 * Which order id carries which reference, in this run: status and error messages name only the id. A reference is never
 * moved from one id to another, and a permanent id that does not fit means that the id was used twice.
 */
export class KnownOrders {
  readonly #byId = new Map<number, Known>();
  readonly #byPermId = new Map<number, number>();

  /** Whether this order may go out under this id: yes, unless the id already stands for another one. */
  claim(orderId: number, orderRef: string): boolean {
    const known = this.#byId.get(orderId);
    if (known === undefined) this.#byId.set(orderId, { orderRef, permId: 0, acknowledged: false });
    return known === undefined || known.orderRef === orderRef;
  }

  /** The broker has reported it as an order of this client. */
  acknowledge(orderId: number, orderRef: string, permId: number): void {
    const known = this.#byId.get(orderId);
    if (known === undefined || (known.permId !== 0 && permId !== 0 && known.permId !== permId)) {
      this.#byId.set(orderId, { orderRef, permId, acknowledged: true });
    } else {
      known.acknowledged = true;
      if (permId !== 0) known.permId = permId;
    }
    if (permId !== 0) this.#byPermId.set(permId, orderId);
  }

  isAcknowledged(orderId: number): boolean {
    return this.#byId.get(orderId)?.acknowledged ?? false;
  }

  /** Empty when it is not known, or when the permanent id belongs to another order. */
  refOf(orderId: number, permId = 0): string {
    const known = this.#byId.get(orderId);
    if (known === undefined) return '';
    return known.permId !== 0 && permId !== 0 && known.permId !== permId ? '' : known.orderRef;
  }

  /** The order id under which a permanent id was seen, or 0. */
  idOf(permId: number): number {
    return this.#byPermId.get(permId) ?? 0;
  }
}
