import type { KillSwitch, SwitchState } from './switch.ts';

/** Where the configuration says that there is no red switch: only the program halts. */
export class NoSwitch implements KillSwitch {
  readonly trouble = null;

  read(): SwitchState {
    return 'none';
  }

  watch(): void {
    // Nothing ever happens to it.
  }

  close(): void {
    // Nothing is open.
  }
}
