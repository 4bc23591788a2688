import { IbBroker } from '../../../../agent/edges/broker/ib/ib-broker.ts';
import type { IbBrokerOptions } from '../../../../agent/edges/broker/ib/options.ts';
import { silentLog } from '../../../../agent/edges/system/log.ts';
import { TwsServer } from '../../../../agent/lab/exchange/server/tws-server.ts';
import type { NewTrader } from '../../../contracts/broker-stage.ts';

/** The adapter on a real socket to the simulated exchange. */
export function overWire(options: Partial<IbBrokerOptions> = {}, marketDataLines = 100): NewTrader {
  return async (t, exchange, clock) => {
    const server = new TwsServer({ exchange, log: silentLog, host: '127.0.0.1', port: 0, marketDataLines });
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
      ...options,
    });
    t.after(async () => {
      await broker.stop();
      await server.stop();
    });
    return { broker, settled: () => broker.settled() };
  };
}
