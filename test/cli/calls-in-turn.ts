import { fileURLToPath } from 'node:url';
import { runProgram } from '../../agent/cli/program.ts';
import { type Ran, runNode } from '../run-node.ts';

const HERE = fileURLToPath(import.meta.url);

/** Calls of the command line that end by themselves, one after the other in one process: most of a refusal is the start of Node. */
export function callsInTurn(calls: readonly (readonly string[])[]): readonly Ran[] {
  const { code, out, err } = runNode([HERE, JSON.stringify(calls)]);
  if (code !== 0) throw new Error(`the calls did not end: ${err}`);
  return JSON.parse(out) as readonly Ran[];
}

if (process.argv[1] === HERE) {
  const written = { out: '', err: '' };
  const put = process.stdout.write.bind(process.stdout);
  const into = (name: 'out' | 'err') => (text: string | Uint8Array) => {
    written[name] += String(text);
    return true;
  };
  process.stdout.write = into('out');
  process.stderr.write = into('err');
  const all: Ran[] = [];
  for (const args of JSON.parse(process.argv[2] ?? '[]') as string[][]) {
    Object.assign(written, { out: '', err: '' });
    process.exitCode = undefined;
    const code = await runProgram(args);
    all.push({ code: process.exitCode === undefined ? code : Number(process.exitCode), ...written });
  }
  put(JSON.stringify(all), () => process.exit(0));
}
