import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Ran, ROOT } from '../run-node.ts';

/** A command as a person calls it, while this process goes on. */
export function wheelhouse(...args: readonly string[]): Promise<Ran> {
  const { NODE_TEST_CONTEXT: _, WHEELHOUSE_TOKEN: _token, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'agent/main.ts'), ...args], { cwd: ROOT, env });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}
