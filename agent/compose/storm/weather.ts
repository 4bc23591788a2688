import type { StormEvent } from '../../lab/storm/plan.ts';

/** What a plan does to the world. */
export interface Weather {
  crash(who: 'agent' | 'guard' | 'both', downMs: number): void;
  restart(downMs: number): void;
  press(heldMs: number, resetMs: number): void;
  halt(resumeMs: number): void;
  drop(who: 'agent' | 'guard'): void;
  slowDisk(delayMs: number, forMs: number): void;
  fullDisk(forMs: number): void;
  fault(event: Extract<StormEvent, { kind: 'fault' }>): void;
  await(event: Extract<StormEvent, { kind: 'crashAt' }>): void;
}

/** Lets an event happen. */
export function strike(event: StormEvent, weather: Weather): void {
  switch (event.kind) {
    case 'crash':
      weather.crash(event.who, event.downMs);
      break;
    case 'crashAt':
      weather.await(event);
      break;
    case 'restart':
      weather.restart(event.downMs);
      break;
    case 'press':
      weather.press(event.heldMs, event.resetMs);
      break;
    case 'halt':
      weather.halt(event.resumeMs);
      break;
    case 'drop':
      weather.drop(event.who);
      break;
    case 'slowDisk':
      weather.slowDisk(event.delayMs, event.forMs);
      break;
    case 'fullDisk':
      weather.fullDisk(event.forMs);
      break;
    case 'fault':
      weather.fault(event);
      break;
  }
}
