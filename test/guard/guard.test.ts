import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isError, isId } from '../lab/exchange/server/raw-client.ts';
import { startStand } from '../lab/exchange/server/stand.ts';
import { orderFields } from './order-frames.ts';
import { startGuard } from './rig.ts';

const LIMIT = { timeout: 20_000 };

test('orders, cancels and answers pass while it is armed', LIMIT, async (t) => {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  const agent = await rig.agent();
  const put = stand.put(20);
  agent.send(...orderFields({ orderId: 1, conId: put.conId, limit: 90, ref: 'a' }));
  const status = await agent.next((message) => message[0] === '3' && message[2] === 'Submitted');
  assert.equal(status[1], '1');
  agent.send(4, 1, 1, '');
  await agent.next(isError(202));
  assert.equal(stand.exchange.book.openOrders().length, 0);
});

test(
  'a press shuts the gate, cancels the orders of all clients and is confirmed by what the exchange says',
  LIMIT,
  async (t) => {
    const stand = await startStand(t);
    const rig = await startGuard(t, { gatewayPort: stand.port });
    const agent = await rig.agent();
    const other = await (await import('../lab/exchange/server/raw-client.ts')).connectRaw(t, stand.port, 7);
    const put = stand.put(20);
    other.send(...orderFields({ orderId: 1, conId: put.conId, limit: 91, ref: 'other' }));
    agent.send(...orderFields({ orderId: 1, conId: put.conId, limit: 90, ref: 'a' }));
    await agent.next((message) => message[0] === '3' && message[2] === 'Submitted');
    await other.next((message) => message[0] === '3' && message[2] === 'Submitted');
    rig.press();
    const halted = await rig.until((status) => status.halted === 'confirmed');
    assert.equal(halted.state, 'tripped');
    assert.match(halted.cause, /red switch: pressed/);
    assert.equal(stand.exchange.book.openOrders().length, 0);
    agent.send(...orderFields({ orderId: 2, conId: put.conId, limit: 90, ref: 'b' }));
    const refused = await agent.next(isError(201));
    assert.equal(refused[2], '2');
    assert.match(refused[4] ?? '', /halted \(red switch: pressed\)/);
    assert.equal(stand.exchange.book.openOrders().length, 0);
    assert.match(readFileSync(join(rig.folder, 'latch.json'), 'utf8'), /"state":"tripped"/);
  },
);

test('what only asks for margins, and cancels, pass after a trip', LIMIT, async (t) => {
  const stand = await startStand(t);
  const rig = await startGuard(t, { gatewayPort: stand.port });
  const agent = await rig.agent();
  await rig.ask({ do: 'halt', reason: 'test', by: 'me' }, 'open');
  const from = agent.received.length;
  agent.send(...orderFields({ orderId: 5, conId: stand.put(20).conId, limit: 1 }, { whatIf: 1 }));
  const open = await agent.next(isId(5), from);
  assert.equal(open[1], '5');
  agent.send(4, 1, 77, '');
  await agent.next(isError(10147), from);
});
