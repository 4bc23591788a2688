import type { GuardStanding } from '../guard.ts';

/** A connection past it, with orders that it never sees, looks like none at all. */
const AROUND = 'the program is not connected to the broker through it';
const CONTACTS = ['normal', 'pressed', 'broken', 'shorted', 'none'] as const;
const STATES = ['armed', 'prep', 'tripped'] as const;

/** What a line of the guard says, or `null` when it says nothing that is understood: that is never good news. */
export function standingIn(line: unknown): GuardStanding | null {
  const status = recordIn(recordIn(line)?.status);
  const state = STATES.find((known) => known === status?.state);
  if (status === null || state === undefined) return null;
  const { closed, cause, halted, working, latch, agent, afterReset, contacts } = status;
  return {
    state,
    closed: closed !== null ? said(closed) : agent === 'connected' ? null : AROUND,
    cause: said(cause),
    halted: state === 'tripped' ? (halted === 'confirmed' ? 'confirmed' : 'UNCONFIRMED') : null,
    working: state === 'tripped' && Array.isArray(working) ? working.map(orderIn) : null,
    unstored: typeof latch === 'string' ? latch : null,
    redSwitch: contacts === 'opened' ? 'pressed' : (CONTACTS.find((known) => known === contacts) ?? 'unknown'),
    switchNote: noteOf(status),
    afterReset: afterReset === 'active' ? 'active' : 'reducing',
  };
}

function noteOf({ switch: kind, switchTrouble }: Readonly<Record<string, unknown>>): string | null {
  if (kind === 'none') return 'There is no red switch: only HALT stops orders.';
  if (kind === 'file' || kind === 'socket')
    return `No red switch is wired, a ${kind} stands in for it: only HALT stops orders.`;
  if (kind !== 'gpio') return 'It is not known whether there is a red switch.';
  return typeof switchTrouble === 'string' ? `The red switch cannot be read: ${switchTrouble}.` : null;
}

function orderIn(order: unknown): string {
  const { what, status, orderRef, permId } = recordIn(order) ?? {};
  return [what, status, orderRef === '' ? permId : orderRef].map(said).join(', ');
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function said(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'not said';
}
