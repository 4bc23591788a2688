import type { ShownConnection, StatusSnapshot } from '../status/snapshot.ts';
import type { Light, Lights } from './light.ts';

/** What the three lights show, in the order in which the mode button goes through them. */
export const VIEWS = ['status', 'connections', 'day'] as const;
export type View = (typeof VIEWS)[number];

/** What the views are made from. */
export type ViewFacts = Pick<
  StatusSnapshot,
  'lights' | 'trading' | 'guard' | 'connections' | 'profit' | 'orders' | 'alerts'
>;

export function nextView(view: View): View {
  return VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length] ?? 'status';
}

/** A halt, and a program that does not run, are shown whatever was asked for. Red only blinks for a halt. */
export function lightsIn(view: View, facts: ViewFacts): Lights {
  if (view === 'status' || facts.trading.state === 'halted' || facts.lights.system.colour === 'off')
    return facts.lights;
  return view === 'connections' ? connectionLights(facts) : dayLights(facts);
}

/** Broker, guard, everything else: the worst of each. */
function connectionLights({ connections }: ViewFacts): Lights {
  const named = (name: string): readonly ShownConnection[] => connections.filter((each) => each.name === name);
  const others = connections.filter(({ name }) => name !== 'Broker' && name !== 'Guard');
  return { system: worst(named('Broker')), trading: worst(named('Guard')), research: worst(others) };
}

function worst(connections: readonly ShownConnection[]): Light {
  const failed = connections.find(({ state }) => state === 'failed');
  if (failed !== undefined) return light('red', 'tripleFlash', `${failed.name} failed`);
  const warned = connections.find(({ state }) => state === 'warning');
  if (warned !== undefined) return light('yellow', 'breathing', `${warned.name} has trouble`);
  return connections.some(({ state }) => state === 'ok') ? light('green', 'solid', 'connected') : OFF;
}

/** Profit of the day, orders, alerts. */
function dayLights({ profit, orders, alerts }: ViewFacts): Lights {
  return { system: profitLight(profit.day), trading: ordersLight(orders), research: alertsLight(alerts) };
}

function profitLight(day: number | null): Light {
  if (day === null) return OFF;
  return day >= 0 ? light('green', 'solid', 'profit') : light('yellow', 'breathing', 'loss');
}

const ENDED = new Set(['filled', 'cancelled', 'rejected']);

function ordersLight(orders: ViewFacts['orders']): Light {
  if (orders.some(({ state }) => !ENDED.has(state))) return light('blue', 'breathing', 'an order works');
  return orders.some(({ filled }) => filled > 0) ? light('green', 'solid', 'filled') : OFF;
}

function alertsLight(alerts: ViewFacts['alerts']): Light {
  if (alerts.some(({ severity }) => severity === 'critical')) return light('red', 'tripleFlash', 'critical alert');
  if (alerts.some(({ severity }) => severity === 'warning')) return light('yellow', 'breathing', 'warning');
  return light('green', 'solid', 'no alert');
}

function light(colour: Light['colour'], pattern: Light['pattern'], meaning: string): Light {
  return { colour, pattern, meaning };
}

const OFF: Light = { colour: 'off', pattern: 'solid', meaning: 'nothing' };
