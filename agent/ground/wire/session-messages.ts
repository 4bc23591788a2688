import type { FieldReader } from './field-reader.ts';
import { encodeFrame } from './frame.ts';
import { REPLY } from './message-ids.ts';

export interface StartApi {
  readonly clientId: number;
  readonly capabilities: string;
}

/** Readers of requests begin at the message's id. */
export function decodeStartApi(fields: FieldReader): StartApi {
  fields.passOver(2);
  return { clientId: fields.integer(), capabilities: fields.remaining > 0 ? fields.text() : '' };
}

/** A request with nothing but an id, written behind the message id and, where `versioned`, a version. */
export function decodeRequestId(fields: FieldReader, versioned: boolean): number {
  fields.passOver(versioned ? 2 : 1);
  return fields.integer();
}

export function encodeManagedAccounts(accounts: readonly string[]): Buffer {
  return encodeFrame([REPLY.managedAccounts, 1, accounts.join(',')]);
}

export function encodeNextValidId(orderId: number): Buffer {
  return encodeFrame([REPLY.nextValidId, 1, orderId]);
}

export function encodeCurrentTime(epochSeconds: number): Buffer {
  return encodeFrame([REPLY.currentTime, 1, epochSeconds]);
}

/** Errors and notices; `id` is the request's or order's, or -1. The last field is a reject document that clients parse as JSON. */
export function encodeError(id: number, code: number, text: string): Buffer {
  return encodeFrame([REPLY.error, 2, id, code, text, '']);
}

export function encodeUserInfo(requestId: number, whiteBrandingId: string): Buffer {
  return encodeFrame([REPLY.userInfo, requestId, whiteBrandingId]);
}
