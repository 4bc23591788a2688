import { createReadStream, writeSync } from 'node:fs';
import { restoreStore } from '../../../../agent/edges/store/level/restore.ts';

/*
 * A program for the tests: restores the back-up of its second argument over the store of its first, and dies as by a power cut when it
 * has come to the step of its third; `records` = while records are read.
 */
const [path = '', file = '', end = ''] = process.argv.slice(2);
const dieAt = (step: string): void => {
  writeSync(1, `${step}\n`);
  if (step === end) process.kill(process.pid, 'SIGKILL');
};
await restoreStore({
  ...{ path, bytes: createReadStream(file), passphrase: null, at: 1_790_000_000_000 },
  onRecords: () => dieAt('records'),
  onStep: dieAt,
});
