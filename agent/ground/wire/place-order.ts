import { readContract } from './contract-fields.ts';
import { FieldReader } from './field-reader.ts';
import { fieldsOf } from './frame.ts';
import { REQUEST } from './message-ids.ts';
import { readConditions } from './order-conditions.ts';
import {
  readAdjusted,
  readBasics,
  readCombo,
  readHedging,
  readPegAttributes,
  readPegBenchmark,
  readPricing,
  readScale,
  readSettlement,
  readStrategy,
  readTail,
  readVersioned,
  readVolatility,
  type ScaleRule,
} from './order-sections.ts';
import { SINCE } from './versions.ts';
import { WireError } from './wire-error.ts';

/** A placeOrder message with every field that it can carry. */
export type PlaceOrder = ReturnType<typeof readOrder>;

/**
 * Decodes a placeOrder of server versions 177..193. Clients differ on when the fields of a scale order follow its price
 * increment (always, or only above zero); the reading that uses up the message exactly is the right one.
 * Throws a `WireError` with code `layout` when none does.
 */
export function decodePlaceOrder(body: Buffer, version: number): PlaceOrder {
  try {
    return readOrder(new FieldReader(body), version, 'above-zero');
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    try {
      return readOrder(new FieldReader(body), version, 'always');
    } catch {
      throw cause;
    }
  }
}

/** The id that a refusal of an order or of an instruction to exercise names, although the rest may be unreadable; or -1. */
export function orderIdOf(body: Buffer): number {
  const fields = body.toString('latin1', 0, 48).split('\0');
  const id = Number(fields[fields[0] === String(REQUEST.exerciseOptions) ? 2 : 1]);
  return Number.isSafeInteger(id) ? id : -1;
}

/** The order id of a cancelOrder; before 192 its layout begins with a version. */
export function cancelledIdOf(body: Buffer, version: number): number {
  return Number(fieldsOf(body)[version >= SINCE.cmeTagging ? 1 : 2]);
}

function readOrder(fields: FieldReader, version: number, scaleRule: ScaleRule) {
  fields.passOver(1);
  const orderId = fields.integer();
  const contract = readContract(fields);
  const security = { secIdType: fields.text(), secId: fields.text() };
  const basics = readBasics(fields);
  const order = {
    orderId,
    contract,
    ...security,
    ...basics,
    combo: contract.secType === 'BAG' ? readCombo(fields) : null,
    ...readSettlement(fields),
    ...readPricing(fields),
    volatility: readVolatility(fields),
    ...readTail(fields),
    scale: readScale(fields, scaleRule),
    ...readHedging(fields),
    ...readStrategy(fields),
    pegBenchmark: readPegBenchmark(fields, basics.orderType),
    conditions: readConditions(fields),
    ...readAdjusted(fields),
    peg: readPegAttributes(fields, basics.orderType, contract.exchange),
    ...readVersioned(fields, version),
  };
  fields.end();
  return order;
}
