import { encodeFrame, LENGTH_BYTES } from './frame.ts';
import { MAX_VERSION, MIN_VERSION } from './versions.ts';
import { WireError } from './wire-error.ts';

/** The first bytes of a client, before its first frame. */
export const GREETING = 'API\0';

/** All that a client says before it is answered. The frame of versions is the one whose text is not terminated. */
export function clientGreeting(): Buffer {
  const frame = encodeFrame([`v${MIN_VERSION}..${MAX_VERSION}`]);
  frame.writeUInt32BE(frame.length - LENGTH_BYTES - 1, 0);
  return Buffer.concat([Buffer.from(GREETING, 'latin1'), frame.subarray(0, -1)]);
}

/** What a client says that it speaks, such as `v157..178 +PACEAPI`. */
export interface ClientVersions {
  readonly min: number;
  readonly max: number;
  readonly options: string;
}

const VERSIONS = /^v(\d{1,5})(?:\.\.(\d{1,5}))?(?: (.*))?$/s;

/** The body of the first frame; it is the only one whose text is not terminated. */
export function decodeVersions(body: Buffer): ClientVersions {
  const text = body.toString('latin1').replace(/\0$/, '');
  const match = VERSIONS.exec(text);
  if (match === null) throw new WireError('greeting', `not a range of versions: "${text.slice(0, 40)}"`);
  const min = Number(match[1]);
  return { min, max: Number(match[2] ?? match[1]), options: match[3] ?? '' };
}

/** The highest version that both sides speak, or null. */
export function negotiate(client: ClientVersions): number | null {
  const version = Math.min(client.max, MAX_VERSION);
  return version >= Math.max(client.min, MIN_VERSION) ? version : null;
}

/** Exactly two fields: some clients recognise the greeting by that. */
export function encodeServerGreeting(version: number, connectionTime: string): Buffer {
  return encodeFrame([version, connectionTime]);
}
