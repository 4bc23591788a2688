import { closeSync, openSync, write, writeSync } from 'node:fs';
import { failedIoctl } from './failed-ioctl.ts';

/** One device on an I2C bus of the kernel. Whatever fails is an Error whose `code` is the kernel's, like EREMOTEIO. */
export interface I2cBus {
  /** Waits until the bus has carried it: 0.09 ms for each byte at 100 kHz. */
  writeNow(bytes: Uint8Array): void;
  /** As one transfer, while the program goes on. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** From `<linux/i2c-dev.h>`: whom the writes of this file are for. EBUSY where a driver of the kernel talks to it. */
const I2C_SLAVE = 0x0703;

/** `path` is the bus, like /dev/i2c-1. The library is loaded only where there is one. */
export async function openI2cBus(path: string, address: number): Promise<I2cBus> {
  const fd = openSync(path, 'r+');
  try {
    await speakTo(fd, address);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    writeNow: (bytes) => whole(bytes, writeSync(fd, bytes)),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        write(fd, bytes, (error, written) => {
          if (error !== null) return reject(error);
          try {
            resolve(whole(bytes, written));
          } catch (short) {
            reject(short);
          }
        });
      }),
    close: () => closeSync(fd),
  };
}

async function speakTo(fd: number, address: number): Promise<void> {
  const { default: koffi } = await import('koffi');
  const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, ...)');
  if (ioctl(fd, I2C_SLAVE, 'long', address) >= 0) return;
  throw failedIoctl(I2C_SLAVE, { number: koffi.errno(), names: koffi.os.errno });
}

function whole(bytes: Uint8Array, written: number): void {
  if (written === bytes.length) return;
  const text = `${written} of ${bytes.length} bytes were taken`;
  throw Object.assign(new Error(text), { code: 'I2C_SHORT_WRITE' });
}
