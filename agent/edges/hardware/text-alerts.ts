import type { StatusSnapshot } from '../status/snapshot.ts';
import type { Screen } from './text-pages.ts';
import { ROWS, row, wrap } from './text-rows.ts';

/** What the alerts are made from. */
export type AlertFacts = Pick<StatusSnapshot, 'trading' | 'guard' | 'lights' | 'connections' | 'alerts'>;

interface Alert {
  readonly headline: string;
  readonly text: string;
}

/** What takes the display over while it holds, most urgent first; none = the pages. */
export function alertsOf(facts: AlertFacts): readonly Screen[] {
  const alerts = [...haltOf(facts), ...guardOf(facts), ...connectionsOf(facts), ...criticalOf(facts)];
  return alerts.map(({ headline, text }, index) => ({
    page: 'alert',
    rows: [row(headline, alerts.length === 1 ? '' : `${index + 1}/${alerts.length}`), ...wrap(text, ROWS - 1)],
  }));
}

/** The fast blinking of the lights is the word UNCONFIRMED: both are decided in one place. */
function haltOf({ trading, guard, lights }: AlertFacts): Alert[] {
  if (trading.state !== 'halted') return [];
  if (lights.system.pattern !== 'fast') return [{ headline: 'HALTED', text: `No order works. ${trading.reason}` }];
  const working = guard?.working ?? null;
  const what = working === null ? 'Orders may work' : `${working.length} may work`;
  return [{ headline: 'HALT UNCONFIRMED', text: `${what}. ${trading.reason}` }];
}

function guardOf({ guard, trading }: AlertFacts): Alert[] {
  if (guard === null) return [];
  if (guard.state === 'unreachable') return [{ headline: 'GUARD LOST', text: `No order passes. ${guard.detail}` }];
  if (guard.state !== 'tripped' || trading.state === 'halted') return [];
  return [{ headline: 'GUARD TRIPPED', text: guard.detail }];
}

/** A broker that is connected to over and over is one alert all the time. */
function connectionsOf({ connections }: AlertFacts): Alert[] {
  return connections.flatMap(({ name, state, detail }) => {
    if (name === 'Broker' && state === 'warning') return [{ headline: 'BROKER AWAITED', text: detail }];
    if (name === 'Guard' || state !== 'failed') return [];
    return [{ headline: name === 'Broker' ? 'BROKER LOST' : `${name.toUpperCase()} FAILED`, text: detail }];
  });
}

function criticalOf({ alerts }: AlertFacts): Alert[] {
  return alerts.filter(({ severity }) => severity === 'critical').map(({ text }) => ({ headline: 'ALERT', text }));
}
