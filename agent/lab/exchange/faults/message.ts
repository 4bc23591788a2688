import { bodyOf, LENGTH_BYTES, messageId } from '../../../ground/wire/frame.ts';

/** One message of either side, whose fields are read when somebody looks at them. */
export class Message {
  readonly frame: Buffer;
  readonly id: number;
  #fields: readonly string[] | null;

  constructor(frame: Buffer, fields: readonly string[] | null = null) {
    this.frame = frame;
    this.id = messageId(bodyOf(frame));
    this.#fields = fields;
  }

  static of(fields: readonly string[]): Message {
    return new Message(framed(Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1')), fields);
  }

  /** The id first. */
  get fields(): readonly string[] {
    this.#fields ??= bodyOf(this.frame).toString('latin1').split('\0').slice(0, -1);
    return this.#fields;
  }

  get body(): Buffer {
    return bodyOf(this.frame);
  }

  field(at: number): string {
    return this.fields[at] ?? '';
  }

  number(at: number): number {
    const text = this.field(at);
    return text === '' ? Number.NaN : Number(text);
  }

  with(at: number, text: string): Message {
    return Message.of(this.fields.with(at, text));
  }
}

export function framed(body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}
