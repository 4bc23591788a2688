import { Command } from 'commander';
import type { FromChild, ToChild } from '../edges/system/host/child-task.ts';
import { searchPutWrites, validatePutWrites } from '../lab/research/put-write-search.ts';
import type { ResearchInput, ResearchOutput, ResearchWork } from '../work/workflows/research-input.ts';

const WORK: Readonly<Record<ResearchWork, (input: ResearchInput) => Generator<ResearchOutput, void>>> = {
  search: searchPutWrites,
  validate: validatePutWrites,
};

/** A message for each of the first steps, then so many in all: nobody looks more often, and the agent has to read them. */
const FIRST_TOLD = 10;
const TOLD = 200;

/** Hidden: what this program is when its own agent starts it as a child. */
export function researchChildCommand(): Command {
  return new Command('research-child').action(
    () =>
      new Promise<void>((resolve) => {
        if (process.send === undefined)
          throw Object.assign(new Error('only the appliance starts this'), { code: 'NO_PARENT' });
        process.once('message', (message) => {
          void answer(message as ToChild).then(resolve);
        });
        // Whoever started it has died: nobody waits for the answer.
        process.once('disconnect', orphaned);
        tell({ kind: 'ready' });
      }),
  );
}

async function answer({ work, input }: ToChild): Promise<void> {
  try {
    const found = WORK[work as ResearchWork];
    if (found === undefined) throw new Error(`there is no work "${work}"`);
    let last: ResearchOutput | null = null;
    for (const output of found(input as ResearchInput)) {
      last = output;
      if (isTold(output)) tell(progressOf(output));
      // Lets what was said leave the process.
      await new Promise(setImmediate);
    }
    await said({ kind: 'done', result: last });
  } catch (error) {
    await said({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
  process.off('disconnect', orphaned);
  process.disconnect?.();
}

function isTold({ done, of }: ResearchOutput): boolean {
  return done <= FIRST_TOLD || done === of || done % Math.ceil(of / TOLD) === 0;
}

function orphaned(): void {
  process.exit(1);
}

function progressOf(output: ResearchOutput): FromChild {
  const { done, of, best } = output;
  const [first] = best;
  const text = first === undefined ? '' : `${(first.score * 100).toFixed(1)} % with ${first.label}`;
  return { kind: 'progress', progress: { done, of, best: text }, partial: output };
}

function tell(message: FromChild): void {
  process.send?.(message);
}

function said(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}
