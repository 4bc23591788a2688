import type { StatusSnapshot } from './snapshot.ts';

/** Where the newest snapshot is read and awaited. Listeners are open: page, MQTT and panel hang on it. */
export interface Board {
  readonly current: StatusSnapshot;
  onChange(listener: (snapshot: StatusSnapshot) => void): () => void;
}

export const SCHEDULE_ACTIONS = ['pause', 'resume', 'skip', 'stop-research', 'run', 'enable', 'disable'] as const;

/** What a person may ask of the schedule. */
export interface ScheduleCommand {
  readonly action: (typeof SCHEDULE_ACTIONS)[number];
  /** Needed by run, enable and disable; `null` with skip = what runs now. */
  readonly task: string | null;
}

/** What came of something that was asked for. */
export interface Outcome {
  /** False = it was not done. */
  readonly done: boolean;
  /** A sentence that can be shown. */
  readonly text: string;
}

/** What a person may ask for through page or MQTT. Each answer is a sentence that can be shown. */
export interface Controls {
  /** Always accepted, never undone by itself. */
  halt(reason: string, source: string): Promise<string>;
  /** Refused while the cause stands. */
  resume(source: string): Promise<Outcome>;
  /** Compares the books with the broker's now. `accept` = the broker's word is taken for what nothing explains. */
  reconcile(accept: boolean, source: string): Promise<string>;
  /** Never makes anything trade whose safety conditions do not hold. */
  schedule(command: ScheduleCommand, source: string): Promise<Outcome>;
}
