import type { GuardStatus } from '../../../agent/guard/status.ts';

/** What the machine says on its serial line. */
export type GuestLine =
  /** Of the disk's write cache, in the kernel's words. */
  | { readonly kind: 'cache'; readonly mode: string }
  | { readonly kind: 'noDisk' }
  | { readonly kind: 'hello' }
  /** A batch is about to be written: of each record its key and what its text comes to, `null` = removed. */
  | {
      readonly kind: 'writes';
      readonly batch: number;
      readonly synced: boolean;
      readonly records: readonly (readonly [key: string, crc: number | null])[];
    }
  /** The store has answered that this batch, and with it all before it, would survive a power cut. */
  | { readonly kind: 'stored'; readonly batch: number }
  | GuardLine
  | { readonly kind: 'page' }
  | { readonly kind: 'ready' }
  /** Whether the guard was reset and armed again, or why not. */
  | { readonly kind: 'rearmed'; readonly refusal: string | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface GuardLine extends Pick<GuardStatus, 'state' | 'since' | 'halted' | 'closed'> {
  readonly kind: 'guard';
  /** The latch says so on the disk. */
  readonly stored: boolean;
  /** It has let pass today. */
  readonly orders: number;
}

/** What the machine is told. */
export type HostLine =
  /** The market's time now, and how many of its seconds pass in a real one. */
  | { readonly kind: 'begin'; readonly market: number; readonly speed: number }
  /** Of the red switch: `0 1` = normal, `1 0` = pressed. */
  | { readonly kind: 'contacts'; readonly levels: '0 1' | '1 0' }
  | { readonly kind: 'rearm' };
