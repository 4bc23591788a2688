import { placeOrderFields, type RawOrder } from '../lab/exchange/server/raw-client.ts';
import { ACCOUNT } from './rig.ts';

type Fields = (string | number)[];

const AT = {
  ...{ symbol: 3, secType: 4, strike: 6, right: 7, type: 18, aux: 20, account: 23, parentId: 28 },
  ...{
    discretionary: 36,
    faGroup: 39,
    modelCode: 42,
    volatilityHedge: 64,
    hedgeType: 76,
    whatIf: 84,
    adjustedType: 90,
    cash: 100,
  },
} as const;

/** An order as the wire has it at 178, for an account, with single fields changed. */
export function orderFields(
  order: Partial<RawOrder>,
  changes: Partial<Record<keyof typeof AT, string | number>> = {},
): Fields {
  const fields = placeOrderFields({
    orderId: 1,
    conId: 0,
    action: 'SELL',
    quantity: 1,
    limit: 0.05,
    ref: 'r',
    ...order,
  });
  for (const [name, value] of Object.entries({ account: ACCOUNT, ...changes }))
    fields[AT[name as keyof typeof AT]] = value;
  return fields;
}
