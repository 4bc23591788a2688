import { IbBroker } from '../../../../agent/edges/broker/ib/ib-broker.ts';
import { silentLog } from '../../../../agent/edges/system/log.ts';
import { TwsServer } from '../../../../agent/lab/exchange/server/tws-server.ts';
import { brokerContract } from '../../../contracts/broker.ts';

brokerContract('interactive brokers over a socket', async (t, exchange, clock) => {
  const server = new TwsServer({ exchange, log: silentLog, host: '127.0.0.1', port: 0 });
  await server.start();
  const broker = new IbBroker({
    host: '127.0.0.1',
    port: server.port,
    clientId: 7,
    account: null,
    clock,
    log: silentLog,
    messagesPerSecond: Number.POSITIVE_INFINITY,
    heartbeatMs: Number.POSITIVE_INFINITY,
  });
  t.after(async () => {
    await broker.stop();
    await server.stop();
  });
  return { broker, settled: () => broker.settled() };
});
