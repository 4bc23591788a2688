import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundle } from '../../../scripts/bundle.ts';
import { ARCHITECTURES } from '../../../scripts/package/architecture.ts';
import { copyNativeParts } from '../../../scripts/package/native-parts.ts';
import { ROOT } from '../../run-node.ts';
import { bootMachine } from '../machine/boot.ts';
import { type Entry, writeInitramfs } from '../machine/initramfs.ts';
import { debianKernel, modulesOf } from '../machine/kernel.ts';
import type { Machine } from '../machine/machine.ts';
import { nodeProgram, smallSystem } from '../machine/small-system.ts';
import { gpioSimModule } from './gpio-sim.ts';
import type { Calls } from './guest/calls.ts';

const DEADLINE_MS = 180_000;
const START_MS = 60_000;
const LOOK_MS = 30;
/** A Wednesday in the middle of the session in New York: what the agent shows does not depend on when the rig is run. */
const CLOCK = '2026-11-18T15:30:00';
const RIG = `${ROOT}/test/rigs/gpio/guest`;

type Name = keyof Calls;
type Value<N extends Name> = Parameters<Calls[N]> extends [infer V] ? [value: V] : [];
type Answer<N extends Name> = Awaited<ReturnType<Calls[N]>>;

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** A machine with the bundled programs on it, and what it can be told to do. */
export class Box {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wheelhouse-gpio-'));
  readonly #waiting = new Map<number, Waiting>();
  #machine: Machine | null = null;
  #calls = 0;
  #over: Error | null = null;

  async boot(): Promise<void> {
    const kernel = debianKernel('amd64');
    const modules = [...modulesOf(kernel, ['configfs']), gpioSimModule(kernel)];
    const app = join(this.#folder, 'app');
    const programs = { 'rig/main': `${RIG}/main.ts`, 'rig/contract': `${RIG}/contract.ts` };
    await bundle(app, { ...programs, 'rig/agent': `${ROOT}/scripts/bench-data/guard-agent.ts` });
    const work =
      'mount -t configfs config /sys/kernel/config; exec node --disable-warning=ExperimentalWarning /app/rig/main.js';
    const initramfs = join(this.#folder, 'initramfs');
    const entries = [
      ...smallSystem({ kernel, modules, work }),
      ...nodeProgram(),
      ...filesIn(app, '/app'),
      ...nativeParts(this.#folder),
    ];
    writeInitramfs(initramfs, [...entries, { path: '/app/package.json', text: '{ "type": "module" }' }]);
    const boot = (): Machine =>
      bootMachine({ kernel, initramfs, deadlineMs: DEADLINE_MS, devices: ['-rtc', `base=${CLOCK}`] });
    this.#machine = (await begun(boot())) ?? (await begun(boot()));
    if (this.#machine === null) throw new Error('the machine does not start');
    void this.#listen(this.#machine);
  }

  /** Throws what went wrong there, with the end of its console when the whole machine has. */
  do<N extends Name>(name: N, ...[value]: Value<N>): Promise<Answer<N>> {
    if (this.#over !== null) return Promise.reject(this.#over);
    this.#calls += 1;
    const id = this.#calls;
    const answer = new Promise<Answer<N>>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#machine?.send({ id, name, value });
    return answer;
  }

  async until<T>(what: string, look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
    for (const end = performance.now() + 20_000; ; await pause(LOOK_MS)) {
      const seen = await look();
      if (holds(seen)) return seen;
      if (performance.now() > end) throw new Error(`it did not come about that ${what}: ${JSON.stringify(seen)}`);
    }
  }

  async stop(): Promise<void> {
    await this.#machine?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listen(machine: Machine): Promise<void> {
    try {
      for (let line = await machine.next(); line !== null; line = await machine.next()) this.#hear(line);
      this.#over = new Error(`the machine has ended\n${machine.console()}`);
    } catch (error) {
      this.#over = error as Error;
    }
    for (const { reject } of this.#waiting.values()) reject(this.#over);
  }

  #hear(line: unknown): void {
    const { id, value, error } = line as { id: number; value: never; error?: string };
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`in the machine: ${error}`));
  }
}

/** Once in dozens of times an emulated machine stands still before it has said anything: then `null`. */
async function begun(machine: Machine): Promise<Machine | null> {
  const said = await Promise.race([machine.next(), pause(START_MS, null, { ref: false })]);
  if (said !== null) return machine;
  await machine.kill();
  return null;
}

function nativeParts(folder: string): Entry[] {
  const architecture = ARCHITECTURES.find(({ debian }) => debian === 'amd64');
  if (architecture === undefined) throw new Error('there is no amd64');
  const modules = join(folder, 'node_modules');
  const cache = `${ROOT}/node_modules/.cache/package`;
  copyNativeParts(architecture, modules, { archives: `${cache}/archives`, unpacked: join(folder, 'unpacked') });
  return filesIn(modules, '/app/node_modules');
}

function filesIn(folder: string, to: string): Entry[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found
    .filter(({ name }) => !name.endsWith('.map'))
    .map(({ parentPath, name }) => ({
      path: join(to, parentPath.slice(folder.length), name),
      from: join(parentPath, name),
    }));
}
