import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';

const SIZE = 512 << 20;
const SECTOR = 512;

/** An ext4 file system on a disk of its own, which counts what arrives at it. Only the administrator can have one. */
export class LoopDisk {
  readonly #device: string;
  readonly #folder: string;

  private constructor(device: string, folder: string) {
    this.#device = device;
    this.#folder = folder;
  }

  /** `null` where none is to be had. */
  static mount(folder: string): LoopDisk | null {
    const image = `${folder}.ext4`;
    writeFileSync(image, '');
    truncateSync(image, SIZE);
    const made = spawnSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
    const attached = made.status === 0 ? spawnSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }) : made;
    const device = String(attached.stdout).trim();
    const mounted = attached.status === 0 && spawnSync('mount', ['-o', 'noatime', device, folder]).status === 0;
    if (!mounted && device !== '') spawnSync('losetup', ['-d', device]);
    // Gone with the last that has it open.
    rmSync(image);
    return mounted ? new LoopDisk(device, folder) : null;
  }

  writtenBytes(): number {
    const fields = readFileSync(`/sys/class/block/${this.#device.slice('/dev/'.length)}/stat`, 'utf8')
      .trim()
      .split(/\s+/);
    return Number(fields[6]) * SECTOR;
  }

  flush(): void {
    execFileSync('sync', ['-f', this.#folder]);
  }

  unmount(): void {
    spawnSync('umount', [this.#folder]);
    spawnSync('losetup', ['-d', this.#device]);
  }
}
