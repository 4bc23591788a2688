import type { StatusSnapshot } from '../snapshot.ts';
import type { Session } from './access.ts';
import type { Assets } from './assets.ts';
import { gainText, type View } from './format.ts';
import { type PanelName, panel } from './fragments.ts';
import { EMPTY, type Html, html } from './html.ts';

export interface DocumentOptions {
  readonly view: View;
  readonly assets: Assets;
  readonly session: Session | null;
  readonly notice: string;
}

/** The whole page, complete as it is; the script only keeps it up to date. */
export function statusDocument({ view, assets, session, notice }: DocumentOptions): Html {
  const { snapshot } = view;
  const place = (name: PanelName): Html => panel(name, view);
  const body = html`<div id="link" role="status"></div>
<header class="top"><h1><img src="${iconAddress(assets)}" alt="" width="28" height="28">Wheelhouse</h1><p class="market-time" data-panel="market-time">${place('market-time')}</p><button type="button" id="theme" hidden>Theme</button></header>
<main>
<div class="front"><div data-panel="lights">${place('lights')}</div><div class="banner" aria-live="polite" data-panel="banner">${place('banner')}</div>${controls(session)}</div>
<div role="alert" data-panel="halt">${place('halt')}</div>
<p id="notice" role="status">${notice}</p>
<section aria-label="Held back" data-panel="breakers">${place('breakers')}</section>
<section aria-label="Alerts" data-panel="alerts">${place('alerts')}</section>
<section class="panel profit" aria-labelledby="h-profit" data-panel="profit">${place('profit')}</section>
<div class="columns"><div>${(['positions', 'orders', 'decisions', 'research', 'data'] as const).map((name) => section(name, place))}</div><div>${(['tasks', 'schedule', 'connections'] as const).map((name) => section(name, place))}${steering(session)}</div></div>
</main>
<footer><div data-panel="footer">${place('footer')}</div>${account(session)}</footer>`;
  const state = html` data-trading="${snapshot.trading.state}" data-sequence="${snapshot.sequence}" data-at="${view.now ?? snapshot.at}" data-speed="${snapshot.speed}"`;
  return shell({ title: titleOf(snapshot), assets, attributes: state, body });
}

/** What the browser's tab says: the halt, or the day so far. */
export function titleOf({ trading, profit, run }: StatusSnapshot): string {
  const first = trading.state === 'halted' ? 'HALTED' : profit.day === null ? '' : gainText(profit.day);
  return `${first === '' ? '' : `${first} · `}Wheelhouse ${run}`;
}

export interface TokenPageOptions {
  readonly assets: Assets;
  /** Where the token goes: the thing that was asked for is done right after. */
  readonly action: '/login' | '/halt' | '/resume';
  readonly reason: string;
}

const TOKEN_BUTTONS = {
  '/login': 'Continue',
  '/halt': 'HALT',
  '/resume': 'Resume trading',
} as const;

export function tokenDocument({ assets, action, reason }: TokenPageOptions): Html {
  const body = html`<main class="small"><h1>Wheelhouse</h1>
<form class="panel" method="post" action="${action}"><p role="alert">${reason}</p>
<p><label for="token">Token or code</label> <input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
<p><button class="${action === '/halt' ? 'stop' : ''}">${TOKEN_BUTTONS[action]}</button></p></form>
<p><a href="/">Back to the status page</a></p></main>`;
  return shell({ title: 'Token · Wheelhouse', assets, attributes: EMPTY, body });
}

export function messageDocument(assets: Assets, title: string, message: string): Html {
  const body = html`<main class="small"><h1>${title}</h1><p>${message}</p><p><a href="/">Back to the status page</a></p></main>`;
  return shell({ title: `${title} · Wheelhouse`, assets, attributes: EMPTY, body });
}

/** Never redrawn: it holds the session's own secret, and the keyboard may be on it. */
function controls(session: Session | null): Html {
  return html`<div class="controls"><form method="post" action="/halt" data-live>${hidden(session)}<button class="stop" id="halt">HALT<small>no more orders</small></button></form>
<details class="resume"><summary>Resume…</summary><form method="post" action="/resume" data-live>${hidden(session)}<p>Orders will be sent again.</p><button>Resume trading</button></form></details></div>`;
}

/** Only for whoever brought the token, so that what was pressed is done at once. */
function steering(session: Session | null): Html {
  if (session === null) return EMPTY;
  const buttons = [
    ['pause', 'Pause'],
    ['resume', 'Go on'],
    ['skip', 'Skip the current task'],
    ['stop-research', 'Stop research'],
  ] as const;
  return html`<section class="panel" aria-labelledby="h-steering"><h2 id="h-steering">Steer the schedule</h2><div class="steering">${buttons.map(
    ([action, label]) =>
      html`<form method="post" action="/schedule" data-live>${hidden(session)}<input type="hidden" name="command" value="${action}"><button>${label}</button></form>`,
  )}</div><form class="one" method="post" action="/schedule" data-live>${hidden(session)}<label for="task">Task</label> <input id="task" name="task" required><div class="steering"><button name="command" value="run">Run now</button><button name="command" value="enable">Enable</button><button name="command" value="disable">Disable</button></div></form></section>`;
}

function hidden(session: Session | null): Html {
  return session === null ? EMPTY : html`<input type="hidden" name="csrf" value="${session.csrf}">`;
}

function account(session: Session | null): Html {
  if (session === null) return html`<p><a href="/login">Enter the token</a> to halt and resume with one press.</p>`;
  return html`<form method="post" action="/logout">${hidden(session)}<button class="plain">Forget the token on this device</button></form>`;
}

function section(name: PanelName, place: (name: PanelName) => Html): Html {
  return html`<section class="panel" aria-labelledby="h-${name}" data-panel="${name}">${place(name)}</section>`;
}

function iconAddress(assets: Assets): string {
  return `/ui/icon.svg?v=${assets['icon.svg'].version}`;
}

interface ShellOptions {
  readonly title: string;
  readonly assets: Assets;
  readonly attributes: Html;
  readonly body: Html;
}

function shell({ title, assets, attributes, body }: ShellOptions): Html {
  return html`<!doctype html>
<html lang="en"${attributes}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><link rel="icon" href="${iconAddress(assets)}"><link rel="stylesheet" href="/ui/page.css?v=${assets['page.css'].version}"><script src="/ui/live.js?v=${assets['live.js'].version}"></script></head><body>${body}</body></html>`;
}
