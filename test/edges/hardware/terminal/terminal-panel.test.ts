import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lightsOf } from '../../../../agent/edges/hardware/lights.ts';
import { TerminalPanel } from '../../../../agent/edges/hardware/terminal/terminal-panel.ts';
import { CALM_FACTS } from '../calm-facts.ts';

const CALM = lightsOf(CALM_FACTS);
const HALTED = lightsOf({ ...CALM_FACTS, trading: 'halted' });

function screen(options: { isTTY?: boolean; columns?: number }): { written: string[]; write(text: string): void } {
  const written: string[] = [];
  return { ...options, written, write: (text) => written.push(text) };
}

test('without a terminal each change is one plain line', async () => {
  const out = screen({});
  const panel = new TerminalPanel({ out, env: {} });
  await panel.start();
  for (const lights of [CALM, CALM, HALTED, HALTED]) panel.show({ lights });
  await panel.stop();
  assert.deepEqual(out.written, [
    '● system healthy  ● trading active  ○ research off\n',
    '‼ system halted, UNCONFIRMED  ‼ trading halted, UNCONFIRMED  ○ research off\n',
  ]);
});

test('on a terminal the line is coloured and redrawn in place', async () => {
  const out = screen({ isTTY: true, columns: 120 });
  const panel = new TerminalPanel({ out, env: {} });
  await panel.start();
  panel.show({ lights: CALM });
  assert.equal(
    out.written[0],
    '\r\u001b[2K\u001b[32m●\u001b[0m system healthy  \u001b[32m●\u001b[0m trading active  \u001b[90m○\u001b[0m research off',
  );
  panel.show({ lights: HALTED });
  assert.ok(out.written[1]?.startsWith('\r\u001b[2K\u001b[31m‼\u001b[0m system halted, UNCONFIRMED'));
  await panel.stop();
  assert.equal(out.written[2], '\n');
});

test('a printed line stands above the lights', async () => {
  const out = screen({ isTTY: true, columns: 120 });
  const panel = new TerminalPanel({ out, env: { NO_COLOR: '1' } });
  panel.print('before');
  await panel.start();
  panel.show({ lights: CALM });
  panel.print('09:45 one candidate');
  const line = '● system healthy  ● trading active  ○ research off';
  assert.deepEqual(out.written, ['before\n', `\r\u001b[2K${line}`, `\r\u001b[2K09:45 one candidate\n${line}`]);
});

test('on a narrow terminal the words give way before the line wraps', async () => {
  const out = screen({ isTTY: true, columns: 40 });
  const panel = new TerminalPanel({ out, env: { NO_COLOR: '1' } });
  await panel.start();
  panel.show({ lights: HALTED });
  assert.equal(out.written[0], '\r\u001b[2K‼ system  ‼ trading  ○ research');
});

test('nothing is shown before the start and after the end', async () => {
  const out = screen({});
  const panel = new TerminalPanel({ out, env: {} });
  panel.show({ lights: CALM });
  await panel.start();
  await panel.stop();
  panel.show({ lights: CALM });
  assert.deepEqual(out.written, []);
});
