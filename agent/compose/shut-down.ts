import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';

export interface ShutDown {
  /** Of the service, which its unit watches for what we ask; `undefined` = we are none. */
  readonly folder: string | undefined;
  readonly clock: Pick<Clock, 'now' | 'until'>;
  readonly log: Log;
  /** Aborted when the program has begun to end. */
  readonly ended: AbortSignal;
  readonly end: () => void;
}

/** A unit with the right to do it powers the box off when this file appears; the program itself may not. */
const ASKED = 'power-off';
const PATIENCE_MS = 15_000;

/** The whole box, where a unit looks after that, and it ends us too; the program alone where nothing comes of it. */
export async function shutDown({ folder, clock, log, ended, end }: ShutDown): Promise<void> {
  if (folder !== undefined) {
    try {
      await writeFile(join(folder, ASKED), '');
      await clock.until(clock.now() + PATIENCE_MS, ended);
      log.warn({}, 'nobody powers the box off; the program ends alone');
    } catch (error) {
      if (ended.aborted) return;
      log.warn({ error: String(error) }, 'the box cannot be asked to power off; the program ends alone');
    }
  }
  end();
}
