import { readDeltaNeutralContract } from './contract-fields.ts';
import type { FieldReader } from './field-reader.ts';
import { hasRfqFields, SINCE } from './versions.ts';

/** When the seven fields of a scale order follow: facts differ between clients. */
export type ScaleRule = 'above-zero' | 'always';

/*
 * The sections of a placeOrder in the order of the wire. Object members are read from top to bottom, so the order of the
 * lines is the layout.
 */

export function readBasics(fields: FieldReader) {
  return {
    action: fields.text().toUpperCase(),
    totalQuantity: fields.numberOrNull(),
    orderType: fields.text().toUpperCase(),
    limitPrice: fields.numberOrNull(),
    auxPrice: fields.numberOrNull(),
    timeInForce: fields.text().toUpperCase(),
    ocaGroup: fields.text(),
    account: fields.text(),
    openClose: fields.text(),
    origin: fields.integer(),
    orderRef: fields.text(),
    transmit: fields.flag(),
    parentId: fields.integer(),
    blockOrder: fields.flag(),
    sweepToFill: fields.flag(),
    displaySize: fields.integerOrNull(),
    triggerMethod: fields.integer(),
    outsideRth: fields.flag(),
    hidden: fields.flag(),
  };
}

export function readCombo(fields: FieldReader) {
  return {
    legs: fields.list(() => ({
      conId: fields.integer(),
      ratio: fields.integer(),
      action: fields.text().toUpperCase(),
      exchange: fields.text(),
      openClose: fields.integer(),
      shortSaleSlot: fields.integer(),
      designatedLocation: fields.text(),
      exemptCode: fields.integerOrNull(),
    })),
    legPrices: fields.list(() => fields.numberOrNull()),
    smartRouting: fields.list(() => readTag(fields)),
  };
}

export function readSettlement(fields: FieldReader) {
  return {
    sharesAllocation: fields.text(),
    discretionaryAmount: fields.number(),
    goodAfterTime: fields.text(),
    goodTillDate: fields.text(),
    faGroup: fields.text(),
    faMethod: fields.text(),
    faPercentage: fields.text(),
    modelCode: fields.text(),
    shortSaleSlot: fields.integer(),
    designatedLocation: fields.text(),
    exemptCode: fields.integerOrNull(),
    ocaType: fields.integer(),
    rule80A: fields.text(),
    settlingFirm: fields.text(),
  };
}

export function readPricing(fields: FieldReader) {
  return {
    allOrNone: fields.flag(),
    minQuantity: fields.integerOrNull(),
    percentOffset: fields.numberOrNull(),
    eTradeOnly: fields.flag(),
    firmQuoteOnly: fields.flag(),
    nbboPriceCap: fields.numberOrNull(),
    auctionStrategy: fields.integer(),
    startingPrice: fields.numberOrNull(),
    stockRefPrice: fields.numberOrNull(),
    delta: fields.numberOrNull(),
    stockRangeLower: fields.numberOrNull(),
    stockRangeUpper: fields.numberOrNull(),
    overridePercentageConstraints: fields.flag(),
  };
}

export function readVolatility(fields: FieldReader) {
  const volatility = fields.numberOrNull();
  const volatilityType = fields.integerOrNull();
  const orderType = fields.text();
  const auxPrice = fields.numberOrNull();
  const none = orderType === '';
  return {
    volatility,
    volatilityType,
    deltaNeutralOrderType: orderType,
    deltaNeutralAuxPrice: auxPrice,
    deltaNeutralConId: none ? 0 : fields.integer(),
    deltaNeutralSettlingFirm: none ? '' : fields.text(),
    deltaNeutralClearingAccount: none ? '' : fields.text(),
    deltaNeutralClearingIntent: none ? '' : fields.text(),
    deltaNeutralOpenClose: none ? '' : fields.text(),
    deltaNeutralShortSale: none ? false : fields.flag(),
    deltaNeutralShortSaleSlot: none ? 0 : fields.integer(),
    deltaNeutralDesignatedLocation: none ? '' : fields.text(),
  };
}

export function readTail(fields: FieldReader) {
  return {
    continuousUpdate: fields.flag(),
    referencePriceType: fields.integerOrNull(),
    trailStopPrice: fields.numberOrNull(),
    trailingPercent: fields.numberOrNull(),
  };
}

export function readScale(fields: FieldReader, rule: ScaleRule) {
  const initLevelSize = fields.integerOrNull();
  const subsLevelSize = fields.integerOrNull();
  const priceIncrement = fields.numberOrNull();
  const follows = rule === 'always' || (priceIncrement !== null && priceIncrement > 0);
  return {
    initLevelSize,
    subsLevelSize,
    priceIncrement,
    priceAdjustValue: follows ? fields.numberOrNull() : null,
    priceAdjustInterval: follows ? fields.integerOrNull() : null,
    profitOffset: follows ? fields.numberOrNull() : null,
    autoReset: follows ? fields.flag() : false,
    initPosition: follows ? fields.integerOrNull() : null,
    initFillQuantity: follows ? fields.integerOrNull() : null,
    randomPercent: follows ? fields.flag() : false,
    table: fields.text(),
    activeStartTime: fields.text(),
    activeStopTime: fields.text(),
  };
}

export function readHedging(fields: FieldReader) {
  const hedgeType = fields.oneOf('D', 'B', 'F', 'P');
  return {
    hedgeType,
    hedgeParam: hedgeType === '' ? '' : fields.text(),
    optOutSmartRouting: fields.flag(),
    clearingAccount: fields.text(),
    clearingIntent: fields.text(),
    notHeld: fields.flag(),
    deltaNeutralContract: readDeltaNeutralContract(fields),
  };
}

export function readStrategy(fields: FieldReader) {
  const algoStrategy = fields.text();
  return {
    algoStrategy,
    algoParams: algoStrategy === '' ? [] : fields.list(() => readTag(fields)),
    algoId: fields.text(),
    whatIf: fields.flag(),
    miscOptions: fields.text(),
    solicited: fields.flag(),
    randomizeSize: fields.flag(),
    randomizePrice: fields.flag(),
  };
}

export function readPegBenchmark(fields: FieldReader, orderType: string) {
  if (orderType !== 'PEG BENCH' && orderType !== 'PEGBENCH') return null;
  return {
    referenceContractId: fields.integer(),
    isPeggedChangeAmountDecrease: fields.flag(),
    peggedChangeAmount: fields.number(),
    referenceChangeAmount: fields.number(),
    referenceExchange: fields.text(),
  };
}

export function readAdjusted(fields: FieldReader) {
  return {
    adjustedOrderType: fields.text(),
    triggerPrice: fields.numberOrNull(),
    limitPriceOffset: fields.numberOrNull(),
    adjustedStopPrice: fields.numberOrNull(),
    adjustedStopLimitPrice: fields.numberOrNull(),
    adjustedTrailingAmount: fields.numberOrNull(),
    adjustableTrailingUnit: fields.integer(),
    extOperator: fields.text(),
    softDollarName: fields.text(),
    softDollarValue: fields.text(),
    cashQuantity: fields.numberOrNull(),
    mifid2DecisionMaker: fields.text(),
    mifid2DecisionAlgo: fields.text(),
    mifid2ExecutionTrader: fields.text(),
    mifid2ExecutionAlgo: fields.text(),
    dontUseAutoPriceForHedge: fields.flag(),
    isOmsContainer: fields.flag(),
    discretionaryUpToLimitPrice: fields.flag(),
    usePriceManagementAlgo: fields.flag(),
    duration: fields.integerOrNull(),
    postToAts: fields.integerOrNull(),
    autoCancelParent: fields.flag(),
    advancedErrorOverride: fields.text(),
    manualOrderTime: fields.text(),
  };
}

export function readPegAttributes(fields: FieldReader, orderType: string, exchange: string) {
  const best = orderType === 'PEG BEST' || orderType === 'PEGBEST';
  const minTradeQuantity = exchange === 'IBKRATS' ? fields.integerOrNull() : null;
  const minCompeteSize = best ? fields.integerOrNull() : null;
  const competeOffset = best ? fields.numberOrNull() : null;
  // An infinite offset says "up to the mid", and only then its own offsets follow.
  const mid = orderType === 'PEG MID' || orderType === 'PEGMID' || competeOffset === Number.POSITIVE_INFINITY;
  return {
    minTradeQuantity,
    minCompeteSize,
    competeOffset,
    midOffsetAtWhole: mid ? fields.numberOrNull() : null,
    midOffsetAtHalf: mid ? fields.numberOrNull() : null,
  };
}

export function readVersioned(fields: FieldReader, version: number) {
  const customerAccount = version >= SINCE.customerAccount ? fields.text() : '';
  const professionalCustomer = version >= SINCE.professionalCustomer ? fields.flag() : false;
  if (hasRfqFields(version)) fields.passOver(2);
  return {
    customerAccount,
    professionalCustomer,
    includeOvernight: version >= SINCE.includeOvernight ? fields.flag() : false,
    manualOrderIndicator: version >= SINCE.cmeTagging ? fields.integerOrNull() : null,
  };
}

function readTag(fields: FieldReader) {
  return { tag: fields.text(), value: fields.text() };
}
