import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchChromium, violations } from '../edges/status/page/chromium.ts';
import { debianPackage } from '../packages.ts';
import { DemoProcess } from './demo-process.ts';

test('a browser watches the demo change, presses HALT with the token, and from then on no order leaves', async (t) => {
  const executablePath = debianPackage(t, 'chromium');
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-page-'));
  const demo = new DemoProcess('--from', '2026-11-20T09:44', '--speed', '90', '--port', '0', '--folder', folder);
  const browser = await launchChromium(executablePath);
  t.after(async () => {
    await browser.close();
    await demo.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  tab.setDefaultTimeout(15_000);
  await tab.goto(await demo.page());
  // Nothing on the page asks again by itself: a price that changes came over the WebSocket.
  const prices = tab.locator('[data-panel=data]');
  const before = await prices.textContent();
  for (let i = 0; (await prices.textContent()) === before; i += 1) {
    assert.ok(i < 300, 'no price changed in fifteen seconds');
    await tab.waitForTimeout(50);
  }
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByLabel('Token').fill(await demo.token());
  await tab.getByRole('button', { name: 'HALT' }).click();
  await tab.getByRole('alert').getByText('No order is sent since').waitFor();
  await demo.hears(/execute TSLA: no trade, trading is halted/);
  assert.doesNotMatch(demo.said, /SELL/);
  for (const colorScheme of ['light', 'dark'] as const) {
    // A flash that was caught half way between the themes belongs to neither.
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(tab), [], colorScheme);
  }
});

test('the picture for the README is taken when asked for', async (t) => {
  if (process.env.WHEELHOUSE_SCREENSHOT !== '1') return t.skip('WHEELHOUSE_SCREENSHOT=1 takes docs/page.png');
  const executablePath = debianPackage(t, 'chromium');
  if (executablePath === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-picture-'));
  const demo = new DemoProcess('--from', '2026-11-20T08:00', '--speed', '300', '--port', '0', '--folder', folder);
  const browser = await launchChromium(executablePath);
  t.after(async () => {
    await browser.close();
    await demo.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await demo.hears(/filled at/, 90);
  const tab = await browser.newPage({ viewport: { width: 1180, height: 900 }, colorScheme: 'light' });
  await tab.goto(await demo.page());
  await tab.locator('html[data-link=alive]').waitFor();
  await tab.waitForTimeout(12_000);
  await tab.screenshot({ path: new URL('../../docs/page.png', import.meta.url).pathname, fullPage: true });
});
