/**
 * What came back from a question to the broker.
 * unknown   no complete answer in time, or the link went down: never to be read as "none"
 * refused   the broker said no, with its code
 * offline   not sent, because the link is not ready
 */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly failure: 'unknown' | 'refused' | 'offline';
      readonly code: number | null;
      readonly reason: string;
    };

export function answered<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function unanswered(
  failure: 'unknown' | 'refused' | 'offline',
  reason: string,
  code: number | null = null,
): Answer<never> {
  return { ok: false, failure, code, reason };
}
