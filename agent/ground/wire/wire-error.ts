export type WireErrorCode =
  /** The connection did not begin with `API\0`. */
  | 'greeting'
  /** A frame says that it is longer than allowed, or (top bit set) negative. */
  | 'frame-length'
  /** The text of a message does not fit its layout. */
  | 'layout';

/** What came over the wire is not the protocol. After `greeting` and `frame-length` the stream cannot be read any further. */
export class WireError extends Error {
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.code = code;
  }
}
