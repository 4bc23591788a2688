import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { BookFile, openBook } from '../../../agent/lab/exchange/book-file.ts';
import type { SimulatedBook } from '../../../agent/lab/exchange/simulated-book.ts';
import { ACCOUNT, at, marketOf, putAt, request } from './small-book.ts';

const QUIET = { 70: [1, 1.2], 65: [0.2, 0.25] } as const;

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'book-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'book.jsonl');
}

function newMarket() {
  const market = marketOf({ '10:00': QUIET, '10:05': QUIET, '10:10': QUIET });
  market.advance(at('10:00'));
  return market;
}

/** Two orders, one of them filled in part; then the process is gone without a word. */
function trade(path: string): SimulatedBook {
  const market = newMarket();
  const { book } = openBook({ market, accounts: [{ account: ACCOUNT, cash: money(100_000) }], path });
  book.place(request({ conId: putAt(market, 70), limit: money(1), quantity: 15 }), at('10:01'));
  book.place(request({ orderId: 2, conId: putAt(market, 65), limit: money(0.3) }), at('10:01'));
  market.advance(at('10:05'));
  book.match(at('10:05'));
  return book;
}

function reopen(path: string) {
  const market = newMarket();
  market.advance(at('10:05'));
  return openBook({ market, accounts: [{ account: 'DU999', cash: money(1) }], path });
}

function seen(book: SimulatedBook): unknown {
  return [book.openOrders(), book.executions(), book.positions(ACCOUNT), book.figures(ACCOUNT), book.nextOrderId(1)];
}

test('a book killed in mid-day comes back with its orders, executions, positions and cash, and goes on', (t) => {
  const path = pathFor(t);
  const before = trade(path);
  const { book, torn } = reopen(path);
  assert.equal(torn, null);
  assert.deepEqual(seen(book), seen(before));
  assert.equal(book.openOrders()[0]?.filled, 10);
  book.match(at('10:06'));
  assert.equal(book.executions().length, 1, 'the same quote is not taken twice');
  assert.deepEqual(book.accounts, [ACCOUNT]);
  book.place(request({ orderId: 2, conId: 1, limit: money(0.3) }), at('10:07'));
  book.place(request({ orderId: 1, conId: putAt(newMarket(), 65), limit: money(0.3) }), at('10:07'));
  assert.equal(book.openOrders().length, 2);
});

test('a torn last line is cut off and told, wherever it was torn', (t) => {
  const path = pathFor(t);
  trade(path);
  const whole = readFileSync(path);
  const lines = whole.toString().trimEnd().split('\n');
  const last = Buffer.byteLength(`${lines.at(-1)}\n`);
  for (const lost of [1, 2, Math.floor(last / 2), last - 1]) {
    writeFileSync(path, whole);
    truncateSync(path, whole.length - lost);
    const { book, file, torn } = reopen(path);
    assert.deepEqual(torn, { line: lines.length, bytes: last - lost });
    assert.equal(book.executions().length, 0);
    book.cancelAll(at('10:06'));
    file.close();
    const again = reopen(path);
    assert.equal(again.torn, null);
    assert.deepEqual(again.book.openOrders(), []);
    again.file.close();
  }
});

test('a broken line that is not the last, or a record of another version, is an error', (t) => {
  const path = pathFor(t);
  trade(path);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(2, '{"kind":"accepted","ord').join('\n'));
  assert.throws(() => new BookFile(path).open(), { code: 'BOOK_FILE_BROKEN', message: /line 3/ });
  writeFileSync(path, lines.with(0, (lines[0] ?? '').replace('"version":1', '"version":2')).join('\n'));
  assert.throws(() => reopen(path), { code: 'BOOK_RECORD', message: /version 2/ });
  writeFileSync(path, '');
  appendFileSync(path, `${lines[1]}\n`);
  assert.throws(() => reopen(path), { code: 'BOOK_RECORD' });
  assert.throws(() => new BookFile(join(path, 'below', 'a', 'file')).open(), { code: 'BOOK_FILE_UNREADABLE' });
});
