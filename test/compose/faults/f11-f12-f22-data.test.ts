import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Box, LIMIT, openBox } from './box.ts';

test(
  'F11 a farm that blinks and whose prices do not come back blocks orders, and everything is subscribed to anew',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    await box.until('09:59:50');
    box.fault('farm=ms:30000,resume:no');
    await box.until('10:00:10');
    assert.match(box.broker.link.dataLost ?? '', /usfarm/);
    assert.equal(box.placed.length, 0);
    await orderedAgain(box);
  },
);

test('F11 prices that stand still while the farm says that all is well are too old to order on', LIMIT, async (t) => {
  const box = await openBox(t);
  await box.until('09:46');
  box.fault('quotes=frozen');
  await box.until('10:05');
  assert.equal(box.broker.link.dataLost, null);
  assert.equal(box.placed.length, 0);
  assert.match(await box.why(), /old|stale|no price|quote/);
  await orderedAgain(box);
});

for (const [what, fault, reason] of [
  ['crossed', 'quotes=crossed', /bid above ask/],
  ['-1 with nothing behind them', 'quotes=none', /bid|quote|price/],
  ['not numbers', 'quotes=nan', /bid|quote|price/],
  ['delayed', 'marketDataType=3', /./],
] as const) {
  test(
    `F12 quotes that are ${what} are ordered on neither by an analysis before nor by one after`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      await box.until('09:46');
      assert.match(await box.why(), /score/, 'the analysis was good');
      box.fault(fault);
      await box.until('10:05');
      assert.equal(box.placed.length, 0);
      assert.match(await box.why(), reason);
      await box.until('11:35');
      assert.equal(box.placed.length, 0);
      await orderedAgain(box, '13:30:10');
    },
  );
}

test(
  'F12 greeks that never come are derived from fresh quotes, and without volatility to derive them from nothing is ordered',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { faults: ['quotes=noGreeks'] });
    await box.until('10:00:10');
    const why = await box.trading.inquiries.why('AAPL', null);
    for (const { delta, impliedVolatility, against } of why?.candidates ?? []) {
      assert.ok(against.length > 0 || (Number.isFinite(delta) && Number.isFinite(impliedVolatility)));
    }
    assert.equal(box.placed.length, 1);
    await box.agrees();
  },
);

for (const when of ['at the start', 'in the session'] as const) {
  for (const [code, fault] of [
    ['354', 'marketDataType=type:3,code:354'],
    ['10167', 'marketDataType=type:3,code:10167'],
    ['10197', 'competingSession=ms:0'],
  ] as const) {
    test(`F22 ${code} ${when}: nothing is ordered until live prices come`, LIMIT, async (t) => {
      const box = await openBox(t, when === 'at the start' ? { faults: [fault] } : {});
      await box.until('09:59:30');
      if (when === 'in the session') box.fault(fault);
      await box.until('10:05');
      assert.equal(box.placed.length, 0);
      assert.notEqual(await box.why(), '');
      await orderedAgain(box);
    });
  }
  test(`F22 10090 ${when} does not end the stream: prices flow, and orders leave`, LIMIT, async (t) => {
    const fault = 'marketDataType=type:1,code:10090';
    const box = await openBox(t, when === 'at the start' ? { faults: [fault] } : {});
    await box.until('09:50');
    if (when === 'in the session') box.fault(fault);
    await box.until('10:05');
    assert.equal(box.theirs.length, 1);
    await box.agrees();
  });
}

/** With good prices the next execution that has an analysis of good prices orders. */
async function orderedAgain(box: Box, at = '11:30:10'): Promise<void> {
  box.clear();
  await box.until(at);
  assert.equal(box.theirs.length, 1, await box.why());
  await box.agrees();
}
