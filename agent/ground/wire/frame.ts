/** A frame is the length of its body as four bytes, unsigned, most significant first, and the body. */
export const LENGTH_BYTES = 4;

/** The longest body that clients of this protocol take. */
export const MAX_BODY = 0xff_ff_ff;

/** What a field is written from: `null` is an unset value (empty), booleans are 1 and 0. */
export type Field = string | number | boolean | null;

const NUL = 0;
const LAST_ASCII = 0x7f;

/** A message as one frame: each field as text, closed by NUL; anything but ASCII as `\u` and four hexadecimal digits. */
export function encodeFrame(fields: readonly Field[]): Buffer {
  let body = '';
  for (const field of fields) body += `${fieldText(field)}\0`;
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  frame.write(body, LENGTH_BYTES, 'latin1');
  return frame;
}

export function bodyOf(frame: Buffer): Buffer {
  return frame.subarray(LENGTH_BYTES);
}

/** The fields of a message as they are, the id first. */
export function fieldsOf(body: Buffer): string[] {
  return body.toString('latin1').split('\0').slice(0, -1);
}

/**
 * The first field of a message as a number, read without decoding the rest; NaN when it is not one.
 * @param from where the message begins: `LENGTH_BYTES` of a frame
 */
export function messageId(bytes: Buffer, from = 0): number {
  const end = bytes.indexOf(NUL, from);
  if (end < from + 1 || end > from + 9) return Number.NaN;
  let id = 0;
  for (let i = from; i < end; i += 1) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    id = id * 10 + digit;
  }
  return id;
}

function fieldText(field: Field): string {
  switch (typeof field) {
    case 'string':
      return escapeText(field);
    case 'number':
      return plainNumber(field);
    case 'boolean':
      return field ? '1' : '0';
    default:
      return '';
  }
}

function escapeText(text: string): string {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === NUL || code > LAST_ASCII)
      return Array.from({ length: text.length }, (_, at) => escaped(text, at)).join('');
  }
  return text;
}

function escaped(text: string, at: number): string {
  const code = text.charCodeAt(at);
  // A NUL inside a text would begin a field of its own.
  if (code === NUL) return ' ';
  return code > LAST_ASCII ? `\\u${code.toString(16).padStart(4, '0')}` : text.charAt(at);
}

function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e-') ? value.toFixed(12).replace(/0+$/, '') : text;
}
