import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const SOURCE = resolve(import.meta.dirname, '../../firmware-config/wheelhouse-overlay.dts');

/** With its symbols, as the firmware wants it. Needs Debian's device-tree-compiler. */
export function compileOverlay(to: string): void {
  execFileSync('dtc', ['-@', '-q', '-I', 'dts', '-O', 'dtb', '-o', to, SOURCE]);
}
