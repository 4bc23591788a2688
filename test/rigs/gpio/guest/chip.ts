import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = '/sys/kernel/config/gpio-sim';

export type Level = 0 | 1;

/** A chip of the kernel's, with wires of ours. */
export class SimulatedChip {
  readonly #name: string;
  #lines = '';
  readonly #closed = new Set<number>();

  /** @param name of its own, for the kernel */
  constructor(name: string) {
    this.#name = name;
  }

  appear(label: string, lines: number): void {
    const bank = join(CONFIG, this.#name, 'bank0');
    mkdirSync(bank, { recursive: true });
    writeFileSync(join(bank, 'label'), label);
    writeFileSync(join(bank, 'num_lines'), String(lines));
    writeFileSync(join(CONFIG, this.#name, 'live'), '1');
    const device = readFileSync(join(CONFIG, this.#name, 'dev_name'), 'latin1').trim();
    const chip = readFileSync(join(bank, 'chip_name'), 'latin1').trim();
    this.#lines = join('/sys/devices/platform', device, chip);
  }

  disappear(): void {
    const folder = join(CONFIG, this.#name);
    if (!existsSync(folder)) return;
    for (const line of [...this.#closed]) this.drive(line, null);
    writeFileSync(join(folder, 'live'), '0');
    for (const path of readdirSync(folder, { withFileTypes: true })) {
      if (path.isDirectory()) rmdirSync(join(folder, path.name));
    }
    rmdirSync(folder);
  }

  /** 0 = connected to ground; 1 and `null` = open, so that its pull decides. */
  drive(line: number, level: Level | null): void {
    if (level === 0) this.#closed.add(line);
    else this.#closed.delete(line);
    writeFileSync(join(this.#lines, `sim_gpio${line}`, 'pull'), level === 0 ? 'pull-down' : 'pull-up');
  }

  level(line: number): Level {
    return readFileSync(join(this.#lines, `sim_gpio${line}`, 'value'), 'latin1').trim() === '1' ? 1 : 0;
  }
}
