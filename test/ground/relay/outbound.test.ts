import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Budget } from '../../../agent/ground/relay/budget.ts';
import { Outbound } from '../../../agent/ground/relay/outbound.ts';
import { encodeFrame } from '../../../agent/ground/wire/frame.ts';

function outbound(): Outbound {
  const nothing = () => undefined;
  const hooks = { objection: () => null, refused: nothing, sent: nothing, moved: nothing };
  return new Outbound(new PassThrough() as unknown as Socket, new Budget(3, 2), hooks);
}

test('cancels that wait for their turn fill it like everything else, by their number and by their bytes', (t) => {
  const [many, long] = [outbound(), outbound()];
  t.after(() => [many, long].map((out) => out.finish('the end')));
  for (let id = 0; id < 2_001; id += 1) many.cancel(encodeFrame([4, id]), id);
  assert.equal(many.full, false);
  for (let id = 0; id < 10; id += 1) many.cancel(encodeFrame([4, id]), id);
  assert.equal(many.full, true);
  for (let id = 0; id < 8; id += 1) long.cancel(encodeFrame([4, id, 'x'.repeat(500_000)]), id);
  assert.equal(long.full, true);
});
