import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_FETCHED } from '../needs.ts';

export type Architecture = 'amd64' | 'arm64';

/**
 * The packages of the release of Debian that this machine is, for one architecture, with an index of our own: what is installed
 * here, and which architectures it knows, stays as it is.
 */
export class DebianArchive {
  readonly #state = mkdtempSync(join(tmpdir(), 'wheelhouse-archive-'));
  readonly #options: readonly string[];

  constructor(architecture: Architecture) {
    const settings = {
      'APT::Architecture': architecture,
      'APT::Architectures': architecture,
      'APT::Sandbox::User': 'root',
      'Dir::State': this.#state,
      'Dir::State::lists': join(this.#state, 'lists'),
      'Dir::State::status': join(this.#state, 'status'),
      'Dir::Cache': join(this.#state, 'cache'),
    };
    this.#options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  }

  /** This and what follows throws what apt says, for example without a network. */
  open(): void {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'packages']) {
      mkdirSync(join(this.#state, folder), { recursive: true });
    }
    writeFileSync(join(this.#state, 'status'), '');
    this.#run(['apt-get', '-qq', 'update', '-o', 'APT::Update::Error-Mode=any']);
  }

  dependenciesOf(name: string): string[] {
    const said = this.#run(['apt-cache', 'depends', name]);
    return [...said.matchAll(/^\s*Depends: ([^\s<]+)$/gm)].map(([, found]) => found ?? '');
  }

  /** Without anything of them being run. `without` = what tar leaves out. */
  unpack(names: readonly string[], folder: string, without: readonly string[] = []): void {
    const packages = mkdtempSync(join(this.#state, 'packages/'));
    this.#run(['apt-get', '-qq', 'download', ...names], packages);
    mkdirSync(folder, { recursive: true });
    const excluded = without.map((pattern) => `--exclude=${pattern}`).join(' ');
    for (const file of readdirSync(packages)) {
      const line = `dpkg-deb --fsys-tarfile "$0" | tar -x -C "$1" ${excluded}`;
      execFileSync('sh', ['-c', line, join(packages, file), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    }
    rmSync(packages, { recursive: true });
  }

  close(): void {
    rmSync(this.#state, { recursive: true, force: true });
  }

  #run([program = '', ...args]: readonly string[], cwd = this.#state): string {
    const ran = spawnSync(program, [...this.#options, ...args], { encoding: 'utf8', cwd });
    if (ran.status === 0) return ran.stdout;
    const reason = /^E: .*/m.exec(ran.stderr ?? '')?.[0] ?? ran.error?.message ?? ran.stderr;
    const message = `${program} ${args.find((arg) => !arg.startsWith('-'))}: ${reason}`;
    throw Object.assign(new Error(message), { code: NOT_FETCHED });
  }
}
