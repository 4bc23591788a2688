import type { KernelPort } from './kernel-port.ts';
import { decodeChipInfo, decodeLineInfo, emptyChipInfo, encodeLineInfo, IOCTL, type LineInfo } from './line-abi.ts';

export interface FoundChip {
  readonly path: string;
  /** Empty where it cannot be opened. */
  readonly label: string;
  readonly lines: number;
  /** The kernel's code when it cannot be opened, like EACCES. */
  readonly refused: string | null;
}

/** All chips, without taking anything. */
export function lookAtChips(port: KernelPort): readonly FoundChip[] {
  return port.chips().map((path) => {
    try {
      return withChip(port, path, (fd) => {
        const bytes = emptyChipInfo();
        port.ioctl(fd, IOCTL.chipInfo, bytes);
        const { label, lines } = decodeChipInfo(bytes);
        return { path, label, lines, refused: null };
      });
    } catch (error) {
      const code = (error as { readonly code?: unknown }).code;
      return { path, label: '', lines: 0, refused: typeof code === 'string' ? code : String(error) };
    }
  });
}

/** Who holds each line; nothing is taken. Throws what the kernel says. */
export function lookAtLines(port: KernelPort, path: string, offsets: readonly number[]): readonly LineInfo[] {
  return withChip(port, path, (fd) =>
    offsets.map((offset) => {
      const bytes = encodeLineInfo(offset);
      port.ioctl(fd, IOCTL.lineInfo, bytes);
      return decodeLineInfo(bytes);
    }),
  );
}

function withChip<T>(port: KernelPort, path: string, look: (fd: number) => T): T {
  const fd = port.open(path);
  try {
    return look(fd);
  } finally {
    port.close(fd);
  }
}
