import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { ROOT } from '../run-node.ts';

/** The exchange in a process of its own. */
export class RunningExchange {
  readonly child: ChildProcessWithoutNullStreams;
  out = '';

  constructor(t: TestContext, args: readonly string[]) {
    const all = ['agent/main.ts', 'exchange', '--port', '0', ...args];
    this.child = spawn(process.execPath, all, { cwd: ROOT });
    this.child.stdout.on('data', (chunk) => {
      this.out += chunk;
    });
    this.child.stderr.on('data', (chunk) => {
      this.out += chunk;
    });
    t.after(() => this.child.kill('SIGKILL'));
  }

  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.out.match(pattern);
      if (match !== null) return match;
      if (this.child.exitCode !== null) assert.fail(`ended with ${this.child.exitCode}: ${this.out}`);
      await Promise.race([once(this.child.stdout, 'data'), once(this.child, 'exit')]);
    }
  }

  async port(): Promise<number> {
    return Number((await this.says(/^Exchange for TWS clients on 127\.0\.0\.1:(\d+)\n/))[1]);
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    return (await ended)[0];
  }
}
