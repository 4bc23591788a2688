import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedInstrument } from '../../../../agent/core/market/contract.ts';
import { money } from '../../../../agent/core/market/money.ts';
import { encodeTickPrice } from '../../../../agent/ground/wire/market-data-messages.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import { encodeError } from '../../../../agent/ground/wire/session-messages.ts';
import { granted, SELECTION, stage } from '../../../contracts/broker-stage.ts';
import { overWire } from './over-wire.ts';
import { type Bench, bench } from './puppet-gateway.ts';

function stock(conId: number): ListedInstrument {
  return { instrument: { kind: 'stock', symbol: `S${conId}` }, conId, minTick: money(0.01) };
}

/** Every subscription is answered with a market, unless a test says otherwise. */
function quoting({ gateway }: Bench): void {
  gateway.replies.set(REQUEST.marketData, (fields) => {
    const requestId = Number(fields[2]);
    gateway.send(
      encodeTickPrice({ requestId, tickType: 1, price: 10, size: 5, attributes: 0 }),
      encodeTickPrice({ requestId, tickType: 2, price: 11, size: 5, attributes: 0 }),
    );
  });
}

test('a second quote of one contract uses the line that stands', async (t) => {
  const at = await bench(t);
  quoting(at);
  await at.ready();
  granted(await at.broker.quote(stock(1)));
  granted(await at.broker.quote(stock(1)));
  assert.equal(at.gateway.of(REQUEST.marketData).length, 1);
});

test('when all lines are taken the longest unused one is given up', async (t) => {
  const at = await bench(t, { marketDataLines: 2 });
  quoting(at);
  await at.ready();
  for (const conId of [1, 2, 1, 3]) {
    granted(await at.broker.quote(stock(conId)));
    await at.clock.advanceTo(at.clock.now() + 1_000);
  }
  await at.broker.settled();
  const [, second] = at.gateway.of(REQUEST.marketData);
  assert.deepEqual(
    at.gateway.of(REQUEST.cancelMarketData).map((fields) => fields[2]),
    [second?.[2]],
  );
});

for (const code of [200, 354, 10_089, 10_168, 10_197]) {
  test(`a subscription that is refused with ${code} refuses the quote at once`, async (t) => {
    const at = await bench(t);
    at.gateway.replies.set(REQUEST.marketData, (fields) => at.gateway.send(encodeError(Number(fields[2]), code, 'no')));
    await at.ready();
    const answer = await at.broker.quote(stock(1));
    assert.deepEqual(answer, { ok: false, failure: 'refused', code, reason: `${code} no` });
  });
}

test('what was refused is asked for again after a minute, not sooner', async (t) => {
  const at = await bench(t);
  at.gateway.replies.set(REQUEST.marketData, (fields) => at.gateway.send(encodeError(Number(fields[2]), 354, 'no')));
  await at.ready();
  assert.equal((await at.broker.quote(stock(1))).ok, false);
  quoting(at);
  await at.clock.advanceTo(at.clock.now() + 59_000);
  assert.equal((await at.broker.quote(stock(1))).ok, false);
  await at.clock.advanceTo(at.clock.now() + 1_000);
  assert.equal(granted(await at.broker.quote(stock(1))).bid, money(10));
  assert.equal(at.gateway.of(REQUEST.marketData).length, 2);
});

test('a stream that is ended in its middle has no market any more', async (t) => {
  const at = await bench(t);
  quoting(at);
  await at.ready();
  granted(await at.broker.quote(stock(1)));
  at.gateway.send(encodeError(Number(at.gateway.of(REQUEST.marketData)[0]?.[2]), 10_197, 'elsewhere'));
  await at.broker.settled();
  const answer = await at.broker.quote(stock(1));
  assert.ok(!answer.ok && answer.code === 10_197);
});

for (const code of [10_090, 10_167]) {
  test(`${code} is a notice: the stream goes on`, async (t) => {
    const at = await bench(t);
    quoting(at);
    const quote = at.gateway.replies.get(REQUEST.marketData);
    at.gateway.replies.set(REQUEST.marketData, (fields, ...rest) => {
      at.gateway.send(encodeError(Number(fields[2]), code, 'partly'));
      quote?.(fields, ...rest);
    });
    await at.ready();
    assert.equal(granted(await at.broker.quote(stock(1))).bid, money(10));
    assert.ok(at.events.some((event) => event.kind === 'notice' && event.code === code));
  });
}

test('a broker that gives fewer lines than expected is believed', async (t) => {
  const at = await bench(t);
  quoting(at);
  await at.ready();
  granted(await at.broker.quote(stock(1)));
  at.gateway.replies.set(REQUEST.marketData, (fields) => at.gateway.send(encodeError(Number(fields[2]), 101, 'max')));
  assert.equal((await at.broker.quote(stock(2))).ok, false);
  quoting(at);
  granted(await at.broker.quote(stock(3)));
  await at.broker.settled();
  assert.equal(at.gateway.of(REQUEST.cancelMarketData).length, 1, 'the line of the first made room');
});

test('after half an hour a broker that gave fewer lines is asked for all of them again', async (t) => {
  const at = await bench(t);
  quoting(at);
  await at.ready();
  granted(await at.broker.quote(stock(1)));
  const asked = () => at.gateway.of(REQUEST.marketData).length - at.gateway.of(REQUEST.cancelMarketData).length;
  at.gateway.replies.set(REQUEST.marketData, (fields) => at.gateway.send(encodeError(Number(fields[2]), 101, 'max')));
  assert.equal((await at.broker.quote(stock(2))).ok, false);
  quoting(at);
  await at.clock.advanceTo(at.clock.now() + 31 * 60_000);
  for (const conId of [1, 2, 3]) granted(await at.broker.quote(stock(conId)));
  await at.broker.settled();
  assert.equal(asked(), 4, 'and none of them made room');
});

for (const [codes, cancels] of [
  [[1100, 1101], 0],
  [[2103, 2104], 1],
] as const) {
  test(`after ${codes.join(' and ')} quotes are subscribed anew`, async (t) => {
    const at = await bench(t);
    quoting(at);
    await at.ready();
    granted(await at.broker.quote(stock(1)));
    for (const code of codes) at.gateway.send(encodeError(-1, code, 'farm'));
    await at.until('both were heard', () => at.events.filter((event) => event.kind === 'notice').length === 2);
    granted(await at.broker.quote(stock(1)));
    assert.equal(at.gateway.of(REQUEST.marketData).length, 2);
    assert.equal(at.gateway.of(REQUEST.cancelMarketData).length, cancels);
  });
}

test('while a farm of US options is down the link says so, and no more once it is back', async (t) => {
  const at = await bench(t);
  await at.ready();
  const say = async (code: number, text: string): Promise<string | null> => {
    at.gateway.send(encodeError(-1, code, text));
    await at.broker.settled();
    return at.broker.link.dataLost;
  };
  assert.equal(await say(2103, 'Market data farm connection is broken:usopt'), 'market data farm down: usopt');
  assert.equal(at.broker.link.state, 'ready');
  assert.equal(await say(2104, 'Market data farm connection is OK:usopt'), null);
});

test('a standing quote is still asked for by nobody after 2104 alone, as at every start', async (t) => {
  const at = await bench(t);
  quoting(at);
  await at.ready();
  granted(await at.broker.quote(stock(1)));
  at.gateway.send(encodeError(-1, 2104, 'farm'));
  await at.broker.settled();
  granted(await at.broker.quote(stock(1)));
  assert.equal(at.gateway.of(REQUEST.marketData).length, 1);
});

test('chains of two symbols share the lines fairly, and a chain keeps its subscriptions', async (t) => {
  const at = await stage(t, overWire({ marketDataLines: 40 }, 40));
  const wide = { ...SELECTION, most: 100 };
  const alone = granted(await at.broker.chain(wide, at.clock.now()));
  assert.ok(alone.size > 30 && alone.size <= 38, `${alone.size} rows alone`);
  const other = granted(await at.broker.chain({ ...wide, symbol: 'TSLA' }, at.clock.now()));
  const shared = granted(await at.broker.chain(wide, at.clock.now()));
  assert.deepEqual([other.size, shared.size, other.complete, shared.complete], [18, 18, true, true]);
  const again = granted(await at.broker.chain(wide, at.clock.now()));
  assert.deepEqual(again.conId, shared.conId);
  const spare = granted(await at.broker.quote(granted(await at.broker.list({ kind: 'stock', symbol: 'KO' }))));
  assert.notEqual(spare.bid, null);
});

test('another part of a chain takes over the lines of the part asked for before', async (t) => {
  const at = await stage(t, overWire({ marketDataLines: 40 }, 40));
  const wide = { ...SELECTION, most: 100 };
  const first = granted(await at.broker.chain(wide, at.clock.now()));
  const narrow = { ...wide, maxMoneyness: wide.maxMoneyness - 0.005 };
  const second = granted(await at.broker.chain(narrow, at.clock.now()));
  assert.ok(second.size >= first.size - 4, `${first.size} rows, then ${second.size}`);
});

test('two parts of a chain asked for at one time both come with contracts', async (t) => {
  const at = await stage(t, overWire());
  const other = { ...SELECTION, maxMoneyness: SELECTION.maxMoneyness - 0.005 };
  const both = await Promise.all([SELECTION, other].map((part) => at.broker.chain(part, at.clock.now())));
  for (const answer of both) assert.ok(granted(answer).size > 0);
});

test('single quotes never take a line from a chain', async (t) => {
  const at = await stage(t, overWire({ marketDataLines: 20 }, 20));
  const wide = { ...SELECTION, most: 100 };
  const before = granted(await at.broker.chain(wide, at.clock.now()));
  for (const symbol of ['KO', 'AAPL', 'TSLA', 'QQQ']) {
    granted(await at.broker.quote(granted(await at.broker.list({ kind: 'stock', symbol }))));
  }
  for (let i = 0; i < 3; i += 1) await at.step();
  let standing = 0;
  for (const conId of before.conId) {
    const instrument = { kind: 'stock', symbol: 'SPY' } as const;
    void at.broker.quote({ instrument, conId, minTick: money(0.01) }).then(() => {
      standing += 1;
    });
  }
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  assert.equal(standing, before.size, 'what stands is answered without a byte being sent');
});

test('a chain whose rows never answer is handed out in time, and says that it is not complete', async (t) => {
  const at = await stage(t, overWire({ requestTimeoutMs: 5_000 }, 10));
  const asked = at.broker.chain(SELECTION, at.clock.now());
  await at.settled();
  await at.settled();
  await at.clock.advanceTo(at.clock.now() + 5_000);
  const chain = granted(await asked);
  assert.equal(chain.complete, false);
});

test('more bars than can be decoded in time are not asked for', async (t) => {
  const at = await bench(t);
  await at.ready();
  for (const days of [0, 2_001, 1.5]) {
    const answer = await at.broker.history({ instrument: { kind: 'stock', symbol: 'SPY' }, days, what: 'trades' });
    assert.equal(answer.ok ? '' : answer.failure, 'refused');
  }
  assert.equal(at.gateway.messages.length, 0);
});

test('the same history is asked for again after fifteen seconds only', async (t) => {
  const at = await stage(t, overWire());
  const query = { instrument: { kind: 'stock', symbol: 'SPY' }, days: 10, what: 'trades' } as const;
  const first = granted(await at.broker.history(query));
  await at.clock.advanceTo(at.clock.now() + 14_999);
  assert.equal(granted(await at.broker.history(query)), first);
  await at.clock.advanceTo(at.clock.now() + 1);
  const second = granted(await at.broker.history(query));
  assert.notEqual(second, first);
  assert.deepEqual(second, first);
});
