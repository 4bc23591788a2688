import type { StatusSnapshot } from './snapshot.ts';

/** Where the newest snapshot is read and awaited. Listeners are open: page, MQTT and panel hang on it. */
export interface Board {
  readonly current: StatusSnapshot;
  onChange(listener: (snapshot: StatusSnapshot) => void): () => void;
}

/** What a person may ask for through page or MQTT. Each answer is a sentence that can be shown. */
export interface Controls {
  /** Always accepted, never undone by itself. */
  halt(reason: string, source: string): Promise<string>;
  /** Refused while the cause stands. */
  resume(source: string): Promise<string>;
}
