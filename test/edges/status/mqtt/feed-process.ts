import { MqttFeed } from '../../../../agent/edges/status/mqtt/mqtt-feed.ts';
import { HostClock } from '../../../../agent/edges/system/host/clock.ts';
import { SILENT, WrittenBoard, WrittenControls } from '../snapshot-fixture.ts';

/** A feed in a process of its own, to be killed. */
const board = new WrittenBoard();
const feed = new MqttFeed({
  url: process.argv[2] ?? '',
  node: 'killed',
  board,
  controls: new WrittenControls(board),
  clock: new HostClock(),
  log: SILENT,
});
await feed.start();
