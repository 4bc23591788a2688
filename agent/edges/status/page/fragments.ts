import type { View } from './format.ts';
import type { Html } from './html.ts';
import { banner, footer, halt, marketTime } from './panels/banner.ts';
import { breakers } from './panels/breakers.ts';
import { decisions } from './panels/decisions.ts';
import { lights } from './panels/lights.ts';
import { alerts, connections, data } from './panels/links.ts';
import { orders } from './panels/orders.ts';
import { positions } from './panels/positions.ts';
import { profit } from './panels/profit.ts';
import { research, schedule } from './panels/schedule.ts';
import { tasks } from './panels/tasks.ts';

/** Every part of the page that changes: what the first page holds and what the WebSocket sends is drawn here, once. */
const PANELS = {
  banner,
  halt,
  'market-time': marketTime,
  lights,
  breakers,
  alerts,
  profit,
  positions,
  orders,
  decisions,
  tasks,
  schedule,
  research,
  connections,
  data,
  footer,
} satisfies Readonly<Record<string, (view: View) => Html>>;

export type PanelName = keyof typeof PANELS;

export const PANEL_NAMES = Object.keys(PANELS) as readonly PanelName[];

export function panel(name: PanelName, view: View): Html {
  return PANELS[name](view);
}
