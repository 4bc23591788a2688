import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ran } from '../../run-node.ts';
import { debianRoot, type Suite, unpackRoot } from '../debian-root.ts';

const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'udev', 'procps', 'debconf', 'libatomic1', 'libstdc++6'];
const LOOK_MS = 50;

/** A fresh Debian with a real systemd and a network of its own. */
export class Container {
  readonly root = mkdtempSync(join(tmpdir(), 'wheelhouse-units-'));
  #process: ChildProcess | null = null;
  #leader = 0;

  async boot(suite: Suite): Promise<void> {
    unpackRoot(debianRoot({ suite, architecture: 'amd64', variant: 'minbase', packages: PACKAGES }), this.root);
    const how = ['--quiet', '--register=no', '--keep-unit', '--private-network', '-D', this.root, '-b'];
    this.#process = spawn('systemd-nspawn', how, { stdio: ['ignore', 'ignore', 'inherit'] });
    await this.until('systemd has started', () => {
      this.#leader = leaderOf(this.#process?.pid ?? 0);
      return this.#leader !== 0 && /running|degraded/.test(this.run('systemctl', 'is-system-running').out);
    });
  }

  /** It has powered itself off. */
  get isOff(): boolean {
    return this.#process?.exitCode === 0;
  }

  /** Runs a program inside and waits for its end. */
  run(...command: readonly string[]): Ran {
    const env = [
      'env',
      '-i',
      'PATH=/usr/sbin:/usr/bin',
      'HOME=/root',
      'LANG=C.UTF-8',
      'DEBIAN_FRONTEND=noninteractive',
    ];
    const args = ['-t', String(this.#leader), '-m', '-u', '-i', '-n', '-p', '-C', ...env, ...command];
    const ran = spawnSync('nsenter', args, { encoding: 'utf8', maxBuffer: 64 << 20 });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  }

  /** As `run`, of a line of shell; throws with what it said when it fails. */
  do(line: string): string {
    const { code, out, err } = this.run('sh', '-c', line);
    if (code !== 0) throw new Error(`${line}\nended with ${code}: ${err}${out}`);
    return out.trim();
  }

  /** What systemd knows of a unit. */
  show(unit: string, property: string): string {
    return this.do(`systemctl show --value -p ${property} ${unit}`);
  }

  put(from: string, folder: string): string {
    copyFileSync(from, join(this.root, folder, basename(from)));
    return join(folder, basename(from));
  }

  async until(what: string, holds: () => boolean, seconds = 30): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`it did not come about within ${seconds} s that ${what}`);
      await pause(LOOK_MS);
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== null && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (this.#leader === 0 || this.run('systemctl', 'poweroff', '--force').code !== 0) child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The first process inside, once it is what it shall be: before that another one prepares its place. */
function leaderOf(pid: number): number {
  try {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? '';
    return readFileSync(`/proc/${child}/comm`, 'utf8') === 'systemd\n' ? Number(child) : 0;
  } catch {
    return 0;
  }
}
