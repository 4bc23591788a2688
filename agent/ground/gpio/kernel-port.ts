import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { failedIoctl } from './failed-ioctl.ts';

/** The few calls into the kernel that lines need. Each throws an Error whose `code` is the kernel's, like EBUSY. */
export interface KernelPort {
  /** Paths of the GPIO chips. */
  chips(): readonly string[];
  open(path: string): number;
  ioctl(fd: number, request: number, bytes: Buffer): void;
  /** Whether something can be read without waiting, after so many milliseconds at most. */
  readable(fd: number, waitMs: number): Promise<boolean>;
  /** Into `bytes`; how many there were. */
  read(fd: number, bytes: Buffer): number;
  close(fd: number): void;
}

const DEVICES = '/dev';
const CHIP = /^gpiochip\d+$/;

/** The real one; `null` on a machine without any GPIO chip, where the library is not even loaded. */
export async function openKernelPort(devices: string = DEVICES): Promise<KernelPort | null> {
  const chips = chipsIn(devices);
  if (chips.length === 0) return null;
  const { ioctl, readable } = await kernelCalls();
  return {
    chips: () => chipsIn(devices),
    open: (path) => openSync(path, 'r+'),
    ioctl,
    readable,
    read: (fd, bytes) => readSync(fd, bytes, 0, bytes.length, null),
    close: closeSync,
  };
}

function chipsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => CHIP.test(name));
    return names.sort((a, b) => Number(a.slice(8)) - Number(b.slice(8))).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

const POLLIN = 1;
const POLL_BYTES = 8;

/**
 * A read that waits would sit in Node's thread pool for ever and keep the process from ending, so nothing is read before a poll
 * of limited length has said that there is something.
 */
async function kernelCalls(): Promise<Pick<KernelPort, 'ioctl' | 'readable'>> {
  const { default: koffi } = await import('koffi');
  const process = koffi.load(null);
  const ioctl = process.func('int ioctl(int fd, unsigned long request, ...)');
  const poll = process.func('int poll(void *fds, unsigned long count, int waitMs)');
  return {
    ioctl: (fd, request, bytes) => {
      if (ioctl(fd, request, 'void *', bytes) >= 0) return;
      throw failedIoctl(request, { number: koffi.errno(), names: koffi.os.errno });
    },
    readable: (fd, waitMs) =>
      new Promise((resolve, reject) => {
        const asked = Buffer.alloc(POLL_BYTES);
        asked.writeInt32LE(fd, 0);
        asked.writeInt16LE(POLLIN, 4);
        poll.async(asked, 1, waitMs, (error: unknown, ready: number) => {
          const answer = asked.readInt16LE(6);
          if (error !== null) reject(error);
          else if (ready > 0 && (answer & POLLIN) === 0) {
            reject(Object.assign(new Error('the lines are gone'), { code: 'ENODEV' }));
          } else resolve(ready > 0);
        });
      }),
  };
}
