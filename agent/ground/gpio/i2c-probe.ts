import { open } from 'node:fs/promises';
import { failedIoctl } from './failed-ioctl.ts';

/** From `<linux/i2c-dev.h>`: whom the reads of this file are for. EBUSY where a driver of the kernel talks to it. */
const I2C_SLAVE = 0x0703;

/** Reads one byte of a device, which changes nothing in it. Rejects with the kernel's code: EREMOTEIO or ENXIO where nobody answers. */
export async function probeI2c(path: string, address: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { default: koffi } = await import('koffi');
    const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, ...)');
    if (ioctl(file.fd, I2C_SLAVE, 'long', address) < 0) {
      throw failedIoctl(I2C_SLAVE, { number: koffi.errno(), names: koffi.os.errno });
    }
    await file.read(Buffer.alloc(1), 0, 1, null);
  } finally {
    await file.close();
  }
}
