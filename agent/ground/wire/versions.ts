/** The server versions whose layouts are known here. Below, fields are missing that clients read; above comes another protocol. */
export const MIN_VERSION = 177;
export const MAX_VERSION = 193;

/** From which server version on something is on the wire. */
export const SINCE = {
  pendingPriceRevision: 178,
  fundFields: 179,
  exerciseManualTime: 180,
  secondLastTradeDate: 182,
  customerAccount: 183,
  professionalCustomer: 184,
  bondAccruedInterest: 185,
  ineligibilityReasons: 186,
  rfqFields: 187,
  includeOvernight: 189,
  /** The request-for-quote fields are gone again. */
  noRfqFields: 190,
  cmeTagging: 192,
  cmeTaggingInOpenOrder: 193,
} as const;

export function hasRfqFields(version: number): boolean {
  return version >= SINCE.rfqFields && version < SINCE.noRfqFields;
}
