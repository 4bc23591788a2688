import type { StatusSnapshot } from '../status/snapshot.ts';

/** Whatever shows the status record on the box: LEDs, a strip, a text display, a terminal. */
export interface Panel {
  /** Never throws for want of hardware: whoever makes a panel is told what it lacks. */
  start(): Promise<void>;
  stop(): Promise<void>;
  show(snapshot: StatusSnapshot): void;
}
