import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../run-node.ts';

/** The demo as an owner starts it: a process whose words are read. */
export class DemoProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  said = '';

  constructor(...args: string[]) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    this.#child = spawn(process.execPath, ['agent/main.ts', 'demo', ...args], { cwd: ROOT, env });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
  }

  /** Resolves with the match as soon as it was said. */
  async hears(pattern: RegExp, seconds = 40): Promise<RegExpExecArray> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const found = pattern.exec(this.said);
      if (found !== null) return found;
      assert.equal(this.#child.exitCode, null, `it ended before it said ${pattern}:\n${this.said}`);
      assert.ok(Date.now() < until, `it did not say ${pattern}:\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async page(): Promise<string> {
    return (await this.hears(/Page {6}(http\S+)/))[1] as string;
  }

  async token(): Promise<string> {
    return (await this.hears(/Token {5}(\S+)/))[1] as string;
  }

  async exchangePort(): Promise<number> {
    return Number((await this.hears(/Exchange 127\.0\.0\.1:(\d+)/))[1]);
  }

  /** Resolves with the exit code when it ends by itself. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit', { signal: AbortSignal.timeout(10_000) });
    return this.#child.exitCode;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}
