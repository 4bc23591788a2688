import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page as Tab } from 'playwright-core';

const AXE = readFileSync(new URL('../../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}

/** What axe-core finds on the page as it stands, in words. */
export async function violations(tab: Tab): Promise<string[]> {
  await tab.evaluate(AXE);
  const found = await tab.evaluate('axe.run().then(({ violations }) => violations)');
  return (found as { id: string; nodes: { html: string; failureSummary: string }[] }[]).map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary}`).join('\n')}`,
  );
}
