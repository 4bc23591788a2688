import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { faultText } from '../../../../agent/lab/exchange/faults/fault.ts';
import { FaultSchedule } from '../../../../agent/lab/exchange/faults/fault-schedule.ts';
import { randomFaults } from '../../../../agent/lab/exchange/faults/random-faults.ts';
import { connectRaw, isId, placeOrderFields, type RawClient } from '../server/raw-client.ts';
import { startStand } from '../server/stand.ts';
import { pass, subscribe } from './desk.ts';

const LIMIT = { timeout: 60_000 };
const SEEDS = 12;
const MINUTES = 20;

/** A client that does not care: it connects, and on again when it is cut off. */
class Stubborn {
  readonly #open: () => Promise<RawClient>;
  #client: RawClient | null = null;
  #opening = false;

  constructor(open: () => Promise<RawClient>) {
    this.#open = open;
  }

  get client(): RawClient | null {
    return this.#client;
  }

  try(): void {
    if (this.#client?.closed === true) this.#client = null;
    if (this.#client !== null || this.#opening) return;
    this.#opening = true;
    void this.#open()
      .then((client) => {
        this.#client = client;
      })
      .catch(() => undefined)
      .finally(() => {
        this.#opening = false;
      });
  }
}

test(
  'whatever faults a seed brings, the exchange lives, and its book and its clients agree afterwards',
  LIMIT,
  async (t) => {
    const seen = new Set<string>();
    let executions = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const stand = await startStand(t);
      const { conId } = stand.put(20);
      const from = stand.clock.now();
      const faults = randomFaults(seed, { from, until: from + MINUTES * 60_000, perHour: 120 });
      for (const { fault } of faults) seen.add(fault.name);
      const schedule = new FaultSchedule(faults, { board: stand.faults, clock: stand.clock });
      schedule.start();
      const clients = [1, 2].map((id) => new Stubborn(() => connectRaw(t, stand.port, id)));
      for (let at = 0; at < MINUTES * 6; at += 1) {
        for (const one of clients) {
          one.try();
          one.client?.send(61, 1);
          if (at % 10 === 0 && one.client !== null) subscribe(one.client, at, conId);
        }
        const orderId = stand.exchange.book.nextOrderId(1);
        const limit = (stand.market.quote(conId)?.bid ?? 10_000) / 10_000;
        const order = { orderId, conId, action: 'SELL', quantity: 1, limit, ref: `order ${orderId}` } as const;
        if (at % 3 === 0) clients[0]?.client?.send(...placeOrderFields(order));
        if (at % 7 === 0) clients[0]?.client?.send(4, 1, orderId - 1, '');
        await pass(stand, 10_000);
      }
      schedule.stop();
      stand.faults.clear();
      await pass(stand, 300_000);
      const what = `seed ${seed}: ${faults.map(({ fault }) => faultText(fault)).join(' ')}`;
      assert.deepEqual(
        stand.lines.filter(({ sentence }) => sentence.includes('request failed')),
        [],
        what,
      );
      await turn();
      const after = await connectRaw(t, stand.port, 9);
      after.send(16, 1);
      await after.next(isId(53));
      after.send(61, 1);
      await after.next(isId(62));
      const open = after.received.filter(isId(5)).map((message) => Number(message[25]));
      const { book } = stand.exchange;
      assert.deepEqual(
        open,
        book.openOrders().map(({ permId }) => permId),
        what,
      );
      const positions = after.received.filter(isId(61)).map((message) => [Number(message[3]), Number(message[14])]);
      const held = book.positions('DU0000001').filter(({ quantity }) => quantity !== 0);
      assert.deepEqual(
        positions,
        held.map((one) => [one.conId, one.quantity]),
        what,
      );
      executions += book.executions().length;
    }
    assert.ok(seen.size > 25 && executions > 100, `${seen.size} kinds of faults, ${executions} executions`);
  },
);
