import type { Settings } from '../config/schema.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Box } from './box.ts';
import type { AccountRule } from './broker.ts';
import type { GuardFacts } from './guard.ts';
import type { I2cProbe } from './i2c.ts';
import type { PagePlace } from './page.ts';

/** An appliance that has announced itself on this machine. */
export interface Running {
  readonly pid: number;
  readonly run: 'demo' | 'paper' | 'live';
}

/** Whom the doctor looks at. */
export interface Subject {
  readonly settings: Settings;
  readonly mqttPassword: string | null;
  /** Absolute. */
  readonly storePath: string;
  readonly running: Running | null;
  readonly page: PagePlace;
  readonly guard: GuardFacts;
  readonly accountRule: AccountRule;
  readonly version: string;
  readonly builtAt: number | null;
  readonly box: Box;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly probeI2c: I2cProbe;
  readonly lookIntoStore: (path: string) => Promise<number>;
}
