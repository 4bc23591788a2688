import { InProcessBroker } from '../../../agent/lab/exchange/in-process-broker.ts';
import { brokerContract } from '../../contracts/broker.ts';

brokerContract('in-process broker', async (_t, exchange) => {
  const broker = new InProcessBroker({ exchange, clientId: 1 });
  return { broker, settled: () => broker.settled() };
});
