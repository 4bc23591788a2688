import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageText, amount, dayAndTime, gain, timeOfDay } from '../../../../agent/edges/status/page/format.ts';
import { PANEL_NAMES, type PanelName, panel } from '../../../../agent/edges/status/page/fragments.ts';
import { html } from '../../../../agent/edges/status/page/html.ts';
import type { ShownGuard, StatusSnapshot } from '../../../../agent/edges/status/snapshot.ts';
import { at, DAILY_LOSS, halted, NOON, snapshot } from '../snapshot-fixture.ts';

const text = (markup: unknown): string =>
  String(markup)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const shown = (name: PanelName, changes: Partial<StatusSnapshot> = {}): string =>
  text(panel(name, { snapshot: snapshot(changes), now: NOON }));

test('only what html made itself is markup', () => {
  assert.equal(String(html`<b>${'<i>'}</b>${null}${[1, html`<br>`]}`), '<b>&lt;i&gt;</b>1<br>');
});

test('money has two decimals, four where they count, a real minus and a word for the unknown', () => {
  assert.equal(text(amount(1234.5)), '1,234.50');
  assert.equal(text(amount(4.1035)), '4.1035');
  assert.equal(text(amount(0.1 + 0.2)), '0.30');
  assert.equal(text(gain(-27.8)), '−27.80');
  assert.equal(text(gain(27.8)), '+27.80');
  assert.equal(text(gain(0)), '0.00');
  assert.equal(text(gain(-0.000_001)), '0.00');
  assert.equal(text(amount(null)), '– unknown');
});

test('each that holds trading back has a line: what, why, what it does, how it clears and since when', () => {
  assert.equal(shown('breakers'), '');
  const line = shown('breakers', { breakers: [DAILY_LOSS] });
  assert.match(line, /Daily loss 3 % lost: positions may only be closed\. Clears at 2026-03-23 08:00 ET\. 10:36$/);
  const halting = { ...DAILY_LOSS, action: 'halted', state: 'halfOpen' } as const;
  assert.match(shown('breakers', { breakers: [halting] }), /\(being tried\) 3 % lost: no order is sent/);
});

test('ages are counted in what a person would say', () => {
  const said = [0, 999, 59_999, 60_000, 3_600_000, 172_800_000, -5].map((passed) => ageText(passed, false));
  assert.deepEqual(said, ['0 s old', '0 s old', '59 s old', '1 min old', '1 h 0 min old', '2 days old', '0 s old']);
  assert.equal(ageText(61_000, true), 'stale, 1 min old');
});

test('times are New York times, with the day where it is not today', () => {
  assert.equal(text(timeOfDay(at('16:00'), NOON)), '16:00');
  assert.equal(text(timeOfDay(at('16:00') + 86_400_000, NOON)), '21 Mar 16:00');
  assert.equal(text(dayAndTime(NOON)), 'Fri 20 Mar 2026, 12:04 ET');
});

test('the banner says the run, the mode, what comes next and whether it may trade', () => {
  assert.equal(
    shown('banner'),
    'demo Trading market open, research from 16:00 ET New positions may be opened since 08:01 ET: reconciled with the broker',
  );
  assert.match(shown('banner', { run: 'live', mode: 'prep', phase: 'pre-market' }), /^live Prep pre market/);
  const { guard } = snapshot();
  assert.ok(guard);
  const note = 'There is no red switch: only HALT stops orders.';
  assert.ok(shown('banner', { guard: { ...guard, redSwitch: 'none', switchNote: note } }).endsWith(note));
  assert.match(shown('banner', halted(true)), /Halted since 12:03 ET: pressed on the page/);
});

test('the alert about a halt stands only while halted, and tells confirmed from unconfirmed', () => {
  assert.equal(shown('halt'), '');
  assert.match(shown('halt', halted(true)), /^Halted\. No order is sent since 12:03 ET: pressed on the page/);
  assert.match(shown('halt', halted(false)), /^Halted, UNCONFIRMED\./);
  const guard = {
    state: 'tripped',
    halted: 'UNCONFIRMED',
    open: false,
    detail: '',
    working: ['SELL 1 SPY, Submitted'],
    ...{ redSwitch: 'normal', switchNote: null },
  };
  const unconfirmed = (changes: object) => ({
    ...halted(false),
    guard: { ...guard, ...changes, since: 0 } as ShownGuard,
  });
  assert.match(shown('halt', unconfirmed({})), /May still work: SELL 1 SPY, Submitted$/);
  assert.match(shown('halt', unconfirmed({ working: null })), /What still works at the broker is not known\.$/);
  assert.match(shown('halt', unconfirmed({ state: 'unreachable', halted: null })), /the guard does not answer\.$/);
});

test('each light has its name, its word, and its look in words', () => {
  assert.equal(shown('lights'), 'System healthy (green, solid) Trading active (green, solid) Research off (dark)');
  assert.match(shown('lights', halted(false)), /System halted, UNCONFIRMED \(red, fast\)/);
});

test('the line of the day tells its course in words too', () => {
  const markup = String(panel('profit', { snapshot: snapshot(), now: NOON }));
  assert.match(
    markup,
    /role="img" aria-label="Equity from 09:30 to 12:01: \+\d+\.\d\d, between [+−]?\d+\.\d\d and \+\d+\.\d\d"/,
  );
  const { profit } = snapshot();
  for (const line of [
    [],
    [[NOON, 1]],
    [
      [NOON, 1],
      [NOON, 1],
    ],
  ] as const) {
    assert.doesNotMatch(
      String(panel('profit', { snapshot: snapshot({ profit: { ...profit, line } }), now: NOON })),
      /NaN|Infinity/,
    );
  }
});

test('a quote goes stale after fifteen minutes, but only while the market is open', () => {
  assert.match(shown('data'), /TSLA 368\.42 388 stale, 16 min old/);
  assert.match(shown('data', { phase: 'overnight' }), /TSLA 368\.42 388 16 min old/);
});

test('what is not ours, not known or not there says so', () => {
  assert.match(shown('positions'), /TSLA not ours 10/);
  const empty = { positions: [], orders: [], tasks: [], decisions: [], connections: [], data: [], alerts: [] };
  const words = PANEL_NAMES.map((name) => shown(name, empty)).join(' ');
  for (const word of ['No open position', 'No order today', 'Nothing is planned', 'Nothing has been decided']) {
    assert.ok(words.includes(word), word);
  }
  assert.equal(shown('alerts', empty), '');
});

test('a demo says that it is simulated and how fast it runs', () => {
  assert.match(shown('footer', { speed: 60 }), /^Simulated exchange: no real money\. Time runs 60 times as fast/);
  assert.match(shown('footer', { run: 'paper' }), /^Wheelhouse 0\.1\.0/);
});

test('without a time, ages are left open and nothing else changes', () => {
  for (const name of PANEL_NAMES) {
    const written = String(panel(name, { snapshot: snapshot(), now: NOON }));
    const open = String(panel(name, { snapshot: snapshot(), now: null }));
    const blank = (markup: string): string => markup.replace(/<time class="age.*?<\/time>/g, '');
    assert.equal(blank(open), blank(written), name);
  }
});
