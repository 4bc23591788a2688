import { REPLY } from '../../../ground/wire/message-ids.ts';
import type { FaultSettings } from './fault.ts';
import { framed, Message } from './message.ts';

const SIXTEEN_MEGABYTES = 1 << 24;

/** Bytes that a client does not expect. */
export function badFrame({ kind, hex }: FaultSettings['rawBytes']): Buffer {
  switch (kind) {
    case 'negativeLength':
      return Buffer.from([0xff, 0xff, 0xff, 0xff]);
    case 'zeroLength':
      return Buffer.alloc(4);
    case 'longLength':
      return Buffer.concat([Buffer.from([0x7f, 0xff, 0xff, 0xff]), Buffer.from('4\x002\x00')]);
    case 'noNul':
      return framed(Buffer.from(`${REPLY.currentTime}\x001\x001700000000`));
    case 'unknownId':
      return Message.of(['11349', '1', '2']).frame;
    case 'short':
      return Message.of([String(REPLY.orderStatus), '1', 'Submitted']).frame;
    case 'long':
      return Message.of([String(REPLY.nextValidId), '1', '1', 'and', 'more', 'and', 'more']).frame;
    case 'badJson':
      return Message.of([String(REPLY.error), '2', '-1', '201', 'Order rejected', '{"reason":']).frame;
    case 'sixteenMegabytes':
      return framed(Buffer.alloc(SIXTEEN_MEGABYTES, 'x\0'));
    case 'hex':
      return Buffer.from(hex, 'hex');
  }
}
