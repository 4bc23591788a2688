import { type FileHandle, open } from 'node:fs/promises';

/** Where the bytes of frames go. Rejects with the system's Error. */
export interface FrameSink {
  open(): Promise<void>;
  /** One write for one frame. */
  write(frame: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** `spidev`: the file stays open, and each write is one transfer. */
export class SpiFile implements FrameSink {
  readonly #path: string;
  #file: FileHandle | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<void> {
    this.#file = await open(this.#path, 'r+');
  }

  async write(frame: Uint8Array): Promise<void> {
    await writeWhole(this.#file, frame);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }
}

/** `/dev/leds0`: each frame on a fresh file, because the driver counts on from where the last write ended. */
export class FreshFile implements FrameSink {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Only tells whether it could be written. */
  async open(): Promise<void> {
    await (await open(this.#path, 'r+')).close();
  }

  async write(frame: Uint8Array): Promise<void> {
    const file = await open(this.#path, 'r+');
    try {
      await writeWhole(file, frame);
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    // Nothing is open between frames.
  }
}

/** Half a frame would be shown as another one. */
async function writeWhole(file: FileHandle | null, frame: Uint8Array): Promise<void> {
  if (file === null) throw Object.assign(new Error('the strip is not open'), { code: 'STRIP_CLOSED' });
  const { bytesWritten } = await file.write(frame, 0, frame.length, null);
  if (bytesWritten === frame.length) return;
  const text = `${bytesWritten} of ${frame.length} bytes were taken`;
  throw Object.assign(new Error(text), { code: 'STRIP_SHORT_WRITE' });
}
