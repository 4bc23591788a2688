import { createRequire } from 'node:module';
import { bodyOf } from '../../../agent/ground/wire/frame.ts';

const require = createRequire(import.meta.url);
const inside = (path: string) => require(`../../../node_modules/@stoqey/ib/dist/core/io/${path}`);
const { Encoder } = inside('encoder.js');
const { Decoder } = inside('decoder.js');

type Method = (...args: unknown[]) => void;

/** The body that the real client would send for a call such as `placeOrder`, at a server version. */
export function clientBody(version: number, method: string, ...args: unknown[]): Buffer {
  const sent: unknown[] = [];
  const encoder = new Encoder({
    serverVersion: version,
    sendMsg: (...tokens: unknown[]) => sent.push(...tokens.flat(9)),
    emitError: (text: string) => {
      throw new Error(text);
    },
  }) as Record<string, Method>;
  (encoder[method] as Method)(...args);
  return bodyFrom(sent);
}

/** Fields as the client joins them. */
export function bodyFrom(fields: readonly unknown[]): Buffer {
  const text = fields.map((field) => (typeof field === 'boolean' ? Number(field) : (field ?? ''))).join('\0');
  return Buffer.from(`${text}\0`, 'utf8');
}

export interface Decoded {
  readonly event: string;
  readonly args: readonly unknown[];
}

/** What the real client makes of a frame. Throws when it finds it short, long or unknown. */
export function clientReads(version: number, frame: Buffer): readonly Decoded[] {
  const events: Decoded[] = [];
  const decoder = new Decoder({
    serverVersion: version,
    emitEvent: (event: string, ...args: unknown[]) => events.push({ event, args }),
    emitInfo: (text: string, code: number) => events.push({ event: 'info', args: [text, code] }),
    emitError: (text: string, code: number, id: number) => {
      if (code === 505) throw new Error(text);
      events.push({ event: 'error', args: [text, code, id] });
    },
  });
  decoder.enqueueMessage(fieldsOf(frame));
  decoder.process();
  return events;
}

export function fieldsOf(frame: Buffer): string[] {
  return bodyOf(frame).toString('utf8').split('\0').slice(0, -1);
}

export const VERSIONS = Array.from({ length: 17 }, (_, i) => 177 + i);
