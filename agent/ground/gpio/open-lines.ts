import type { KernelPort } from './kernel-port.ts';
import {
  decodeChipInfo,
  decodeLineInfo,
  emptyChipInfo,
  encodeLineInfo,
  encodeLineRequest,
  IOCTL,
  type LineRequest,
  requestedFd,
} from './line-abi.ts';
import { Lines } from './lines.ts';

/** Of the pins of a Raspberry Pi: Zero 2 W and 3, 4, 5. A chip's number changes with the kernel, its label does not. */
export const HEADER_LABELS: readonly string[] = ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'];

/** Expected trouble, with a sentence for a person. */
export interface LinesRefused {
  readonly kind: 'refused';
  readonly why: 'noChip' | 'unknownChip' | 'noPermission' | 'noLine' | 'busy' | 'failed';
  readonly reason: string;
}

export interface LinesOpened {
  readonly kind: 'opened';
  readonly lines: Lines;
  /** Of the chip. */
  readonly label: string;
}

interface Chip {
  readonly fd: number;
  readonly label: string;
  readonly lines: number;
}

/** Opens lines of the first chip that has one of the labels: all of them or none. `port` as `openKernelPort` gives it. */
export function openLines(
  port: KernelPort | null,
  labels: readonly string[],
  request: LineRequest,
): LinesOpened | LinesRefused {
  if (port === null) return refused('noChip', 'this machine has no GPIO chip');
  const chip = findChip(port, labels);
  if ('kind' in chip) return chip;
  try {
    const beyond = request.offsets.find((offset) => offset >= chip.lines);
    if (beyond !== undefined) return refused('noLine', `${chip.label} has ${chip.lines} lines and no line ${beyond}`);
    const bytes = encodeLineRequest(request);
    port.ioctl(chip.fd, IOCTL.requestLines, bytes);
    const lines = new Lines(port, requestedFd(bytes), request.offsets);
    return { kind: 'opened', lines, label: chip.label };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EBUSY') return refused('busy', busyLine({ port, chip, offsets: request.offsets }));
    if (isDenied(code)) return refused('noPermission', `${chip.label}: no permission (${code})`);
    return refused('failed', `${chip.label}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    // The lines have a descriptor of their own.
    port.close(chip.fd);
  }
}

function findChip(port: KernelPort, labels: readonly string[]): Chip | LinesRefused {
  const seen: string[] = [];
  let denied: string | null = null;
  for (const path of port.chips()) {
    try {
      const chip = readChip(port, path);
      if (labels.includes(chip.label)) return chip;
      port.close(chip.fd);
      seen.push(chip.label);
    } catch (error) {
      if (isDenied(codeOf(error))) denied ??= `no permission for ${path}; its group is gpio`;
      else seen.push(`${path} (${codeOf(error)})`);
    }
  }
  if (denied !== null) return refused('noPermission', denied);
  if (seen.length === 0) return refused('noChip', 'this machine has no GPIO chip');
  return refused('unknownChip', `no chip is labelled ${labels.join(' or ')}; there is ${seen.join(', ')}`);
}

function readChip(port: KernelPort, path: string): Chip {
  const fd = port.open(path);
  try {
    const bytes = emptyChipInfo();
    port.ioctl(fd, IOCTL.chipInfo, bytes);
    return { ...decodeChipInfo(bytes), fd };
  } catch (error) {
    port.close(fd);
    throw error;
  }
}

function busyLine({ port, chip, offsets }: { port: KernelPort; chip: Chip; offsets: readonly number[] }): string {
  for (const offset of offsets) {
    try {
      const bytes = encodeLineInfo(offset);
      port.ioctl(chip.fd, IOCTL.lineInfo, bytes);
      const { used, consumer } = decodeLineInfo(bytes);
      if (used) return `line ${offset} of ${chip.label} is held by ${consumer === '' ? 'the kernel' : consumer}`;
    } catch {
      // The reason is told without the name then.
    }
  }
  return `one of the lines ${offsets.join(', ')} of ${chip.label} is held by somebody else`;
}

function refused(why: LinesRefused['why'], reason: string): LinesRefused {
  return { kind: 'refused', why, reason };
}

function isDenied(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : String(error);
}
