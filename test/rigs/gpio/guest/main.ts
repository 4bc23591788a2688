import { createInterface } from 'node:readline';
import { calls } from './calls.ts';

/* Runs inside the machine: does what each line says and answers with a line, in whatever order they are done. */

interface Call {
  readonly id: number;
  readonly name: keyof typeof calls;
  readonly value: never;
}

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const answer = async ({ id, name, value }: Call): Promise<void> => {
  try {
    say({ id, value: (await calls[name](value)) ?? null });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.stack : String(error) });
  }
};

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as Call))
  .on('close', () => process.exit(0));
say({ id: 0, value: process.version });
