import { brokerContract } from '../../../contracts/broker.ts';
import { overWire } from './over-wire.ts';

brokerContract('interactive brokers over a socket', overWire());
