import type { KernelPort } from '../../agent/ground/gpio/kernel-port.ts';
import { IOCTL } from '../../agent/ground/gpio/line-abi.ts';

const LABEL = 'pinctrl-bench';
const [CHIP_FD, LINES_FD] = [3, 4];
const AT = { label: 32, chipLines: 64, fd: 588 };

/** A GPIO chip that only takes levels. */
export class LightPort implements KernelPort {
  readonly labels: readonly string[] = [LABEL];
  /** Of the lines that were asked for, in their order. */
  levels = 0n;

  chips(): readonly string[] {
    return ['/dev/gpiochip0'];
  }

  open(): number {
    return CHIP_FD;
  }

  ioctl(_: number, request: number, bytes: Buffer): void {
    if (request === IOCTL.chipInfo) {
      bytes.write(LABEL, AT.label, 'latin1');
      bytes.writeUInt32LE(54, AT.chipLines);
    } else if (request === IOCTL.requestLines) bytes.writeInt32LE(LINES_FD, AT.fd);
    else if (request === IOCTL.setValues) this.levels = bytes.readBigUInt64LE(0);
  }

  async readable(): Promise<boolean> {
    return false;
  }

  read(): number {
    return 0;
  }

  close(): void {
    // Nothing is open.
  }
}
