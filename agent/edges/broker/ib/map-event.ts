import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { Execution } from '@stoqey/ib/dist/api/order/execution.js';
import type { CommissionReport } from '@stoqey/ib/dist/api/report/commissionReport.js';
import type { EpochMs } from '../../../core/calendar/time.ts';
import { multiplierOf } from '../../../core/market/contract.ts';
import { dollars, type Money, money } from '../../../core/market/money.ts';
import type { Fill } from '../../../core/orders/fill.ts';
import type { ReportedPosition } from '../../../core/portfolio/position.ts';
import { isNonsense, type Nonsense, toInstrument, toSide } from './map-contract.ts';
import { amount, instantIn } from './map-number.ts';

/** The broker's mark for "not known yet". */
const PENDING = -1;

/** @param arrivedAt stands in when the broker's own time cannot be read */
export function toFill(contract: Contract, execution: Execution, arrivedAt: EpochMs): Fill | Nonsense {
  const instrument = toInstrument(contract);
  if (isNonsense(instrument)) return instrument;
  const execId = execution.execId ?? '';
  const side = toSide(execution.side);
  const price = amount(execution.price);
  const quantity = execution.shares ?? 0;
  if (execId === '') return { nonsense: 'an execution without an id' };
  if (side === null) return { nonsense: `execution ${execId} on the side ${execution.side}` };
  if (price === null) return { nonsense: `execution ${execId} without a price` };
  if (!(quantity > 0)) return { nonsense: `execution ${execId} of ${execution.shares}` };
  return {
    execId,
    orderRef: execution.orderRef ?? '',
    permId: execution.permId ?? 0,
    instrument,
    conId: contract.conId ?? 0,
    side,
    quantity,
    price,
    at: instantIn(execution.time) ?? arrivedAt,
    ...(execution.liquidation ? { liquidation: true as const } : {}),
  };
}

/** The broker reports a combo's own line besides one per leg: only the legs move positions. */
export function isComboLine(contract: Contract): boolean {
  return (contract.secType as string | undefined) === 'BAG';
}

export function toCommission(report: CommissionReport): Money | null {
  return report.commission === PENDING ? null : amount(report.commission);
}

/** `null` = nothing is held. The broker's average cost includes the multiplier. */
export function toPosition(
  contract: Contract,
  quantity: number | undefined,
  averageCost: number | undefined,
): ReportedPosition | Nonsense | null {
  if (quantity === 0) return null;
  const instrument = toInstrument(contract);
  if (isNonsense(instrument)) return instrument;
  if (quantity === undefined || !Number.isFinite(quantity)) {
    return { nonsense: `a position of ${quantity} in ${instrument.symbol}` };
  }
  const conId = contract.conId ?? 0;
  if (!(conId > 0)) return { nonsense: `a position in ${instrument.symbol} without a contract id` };
  const cost = amount(averageCost);
  if (cost === null) return { nonsense: `a position in ${instrument.symbol} without a cost` };
  const averagePrice = money(dollars(cost) / multiplierOf(instrument));
  return { instrument, conId, quantity, averagePrice };
}
