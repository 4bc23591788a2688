import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core';
import { Page } from '../../../../agent/edges/status/page/page.ts';
import { HostClock } from '../../../../agent/edges/system/host/clock.ts';
import { debianPackage } from '../../../packages.ts';
import { WRITTEN_INQUIRIES } from '../inquiries-fixture.ts';
import { halted, SILENT, snapshot, type WrittenBoard, type WrittenControls } from '../snapshot-fixture.ts';
import { launchChromium, violations } from './chromium.ts';
import { TOKEN, writtenPage } from './rig.ts';

let browser: Browser | null = null;
after(() => browser?.close());

interface Rig {
  readonly page: Page;
  readonly board: WrittenBoard;
  readonly controls: WrittenControls;
  /** A new browser with nothing stored; what it says on its console is an error of the test. */
  readonly open: (options?: BrowserContextOptions) => Promise<Tab>;
}

async function rig(t: TestContext): Promise<Rig | null> {
  const executablePath = debianPackage(t, 'chromium');
  if (executablePath === null) return null;
  browser ??= await launchChromium(executablePath);
  const { page, board, controls } = writtenPage(new HostClock());
  await page.start();
  t.after(() => page.stop());
  const { address } = page;
  const open = async (options: BrowserContextOptions = {}): Promise<Tab> => {
    const context = await (browser as Browser).newContext({ viewport: { width: 1280, height: 900 }, ...options });
    t.after(() => context.close());
    const tab = await context.newPage();
    tab.setDefaultTimeout(8000);
    tab.on('pageerror', (error) => assert.fail(`the script of the page failed: ${error.message}`));
    await tab.goto(address);
    return tab;
  };
  return { page, board, controls, open };
}

/** Connected, so that a change of the board is seen. */
async function alive(tab: Tab): Promise<void> {
  await tab.locator('html[data-link=alive]').waitFor();
}

test('a value changes on the page when it changes on the board', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open();
  await alive(tab);
  await tab.focus('#halt');
  const row = await tab.$('tr[data-key="TSLA"]');
  const { positions, profit } = snapshot();
  const fewer = positions.filter(({ key }) => key === 'TSLA').map((one) => ({ ...one, mark: 370, unrealized: -12 }));
  parts.board.change({ positions: fewer, profit: { ...profit, day: -3.5 } });
  await tab.getByText('−3.50').waitFor();
  await tab.getByText('−12.00').waitFor();
  assert.equal(await tab.title(), '−3.50 · Wheelhouse demo');
  assert.ok(await row?.isVisible(), 'the row that stays is the same row');
  assert.equal(await tab.evaluate('document.activeElement.id'), 'halt', 'the keyboard stays where it was');
  assert.equal(await tab.locator('[data-panel=positions] tbody tr').count(), 1, 'the row that went is gone');
});

test('ages count on by themselves, and turn stale in word and looks', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open();
  await alive(tab);
  assert.equal(await tab.locator('tr[data-key="IWM"] .age.stale').count(), 0);
  parts.board.change({ speed: 600 });
  await tab.locator('tr[data-key="IWM"] .age.stale', { hasText: /^stale, \d+ (min|h \d+ min) old$/ }).waitFor();
});

test('HALT asks a new browser for the token, and works with one press from then on', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const { asked } = parts.controls;
  const tab = await parts.open();
  await alive(tab);
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByLabel('Token').fill(TOKEN);
  assert.deepEqual(asked, []);
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByRole('alert').getByText('No order is sent since').waitFor();
  assert.equal(asked.length, 1);
  await alive(tab);
  await tab.getByText('Resume…').click();
  await tab.getByRole('button', { name: 'Resume trading' }).click();
  await tab.getByRole('status').getByText('Orders may be sent again.').waitFor();
  await tab.getByText('No order is sent since').waitFor({ state: 'detached' });
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByRole('status').getByText('Halted. No order works at the broker.').waitFor();
  await tab.getByRole('alert').getByText('No order is sent since').waitFor();
  assert.deepEqual(asked, ['halt by page: pressed on the page', 'resume by page', 'halt by page: pressed on the page']);
  assert.ok(!tab.url().includes(TOKEN));
});

test('without JavaScript the page is complete, and HALT and resume work', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open({ javaScriptEnabled: false });
  for (const text of ['+112.35', 'SPY 17 Apr 2026 635 put', '12 s old', 'retrying in 8 s']) {
    assert.ok(await tab.getByText(text).first().isVisible(), text);
  }
  assert.ok(await tab.getByRole('button', { name: 'Theme' }).isHidden());
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByLabel('Token').fill(TOKEN);
  await tab.getByRole('button', { name: 'HALT' }).click();
  assert.ok(await tab.getByRole('status').getByText('Halted. No order works at the broker.').isVisible());
  assert.ok(await tab.getByText('No order is sent since').isVisible());
  await tab.getByText('Resume…').click();
  await tab.getByRole('button', { name: 'Resume trading' }).click();
  assert.ok(await tab.getByText('Orders may be sent again.').isVisible());
  assert.equal(parts.controls.asked.length, 2);
});

test('axe finds nothing in either theme, running or halted, nor where the token is asked for', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    parts.board.change({ ...snapshot(), sequence: parts.board.current.sequence + 1 });
    const tab = await parts.open({ colorScheme, reducedMotion: 'reduce' });
    await alive(tab);
    assert.deepEqual(await violations(tab), [], colorScheme);
    parts.board.change({ ...halted(false), alerts: [{ severity: 'critical', text: 'x', raisedAt: 0 }] });
    await tab.getByText('No order is sent since').waitFor();
    assert.deepEqual(await violations(tab), [], `${colorScheme}, halted`);
    await tab.goto(`${parts.page.address}login`);
    assert.deepEqual(await violations(tab), [], `${colorScheme}, token`);
  }
});

test('axe really looks: it finds what is planted', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open({ reducedMotion: 'reduce' });
  await tab.evaluate(`
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.state { color: #ccc !important; background: #fff }');
    document.adoptedStyleSheets.push(sheet);
    document.querySelector('#halt').replaceChildren();
  `);
  const found = (await violations(tab)).map((text) => text.split(':')[0]);
  assert.deepEqual(found.sort(), ['button-name', 'color-contrast']);
});

test('a phone never scrolls sideways, and what can be pressed is large enough', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  parts.board.change(halted(false));
  for (const width of [320, 360, 601, 800, 1100]) {
    const tab = await parts.open({ viewport: { width, height: 640 } });
    await alive(tab);
    const beyond = await tab.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.equal(beyond, 0, `${beyond} pixels too wide at ${width}`);
    const small = await tab.evaluate(`
      [...document.querySelectorAll('button, summary, input:not([type=hidden])')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML)`);
    assert.deepEqual(small, []);
  }
});

test('a lost connection is said and shown, and heals by itself', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open();
  await alive(tab);
  const port = Number(new URL(parts.page.address).port);
  await parts.page.stop();
  await tab.getByRole('status').getByText('Connection lost').waitFor();
  assert.equal(await tab.evaluate("getComputedStyle(document.querySelector('.first .v')).opacity"), '0.45');
  const { board, controls } = parts;
  const again = new Page({
    board,
    controls,
    inquiries: WRITTEN_INQUIRIES,
    host: '127.0.0.1',
    port,
    token: TOKEN,
    clock: new HostClock(),
    log: SILENT,
  });
  await again.start();
  t.after(() => again.stop());
  board.change({ profit: { ...snapshot().profit, day: 7 } });
  await tab.getByText('+7.00').waitFor();
  await tab.getByText('Connection lost').waitFor({ state: 'detached' });
});

test('the theme follows the system until it is chosen, and is remembered', async (t) => {
  const parts = await rig(t);
  if (parts === null) return;
  const tab = await parts.open({ colorScheme: 'dark' });
  const background = (): Promise<unknown> => tab.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await background();
  await tab.getByRole('button', { name: 'Theme: auto' }).click();
  await tab.getByRole('button', { name: 'Theme: light' }).waitFor();
  const light = await background();
  assert.notEqual(light, dark);
  await tab.reload();
  assert.equal(await background(), light);
});
