import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { BoardIo } from '../../../../agent/edges/hardware/gpio/board-io.ts';
import { runNode } from '../../../run-node.ts';

function outputs(): { written: string[]; io: BoardIo } {
  const written: string[] = [];
  const output = (name: string, levelled: boolean) => ({
    output: { levelled, write: (value: number) => void written.push(`${name}=${value}`) },
  });
  return { written, io: new BoardIo([output('line', false), output('soft', true), { level: () => 0 }]) };
}

test('the board is connected, then ready, in a later turn', async () => {
  const { io } = outputs();
  const events: string[] = [];
  for (const name of ['connect', 'ready']) io.on(name, () => events.push(`${name} ${io.isReady}`));
  io.begin();
  assert.deepEqual([events, io.isReady], [[], false]);
  await once(io, 'ready');
  assert.deepEqual(events, ['connect true', 'ready true']);
});

test('only what has levels says that it has', () => {
  const { io } = outputs();
  assert.deepEqual(
    io.pins.map(({ supportedModes }) => supportedModes),
    [[1], [1, 3], [0]],
  );
  assert.ok(io.pins.every(({ analogChannel }) => analogChannel === 127));
});

test('outputs get what is written, and a pull-up asked of an input is no output', () => {
  const { io, written } = outputs();
  io.digitalWrite(0, 1);
  io.analogWrite(1, 40);
  io.digitalWrite(2, 1);
  assert.deepEqual(written, ['line=255', 'soft=40']);
});

test('an input is read once at the beginning and then at every change', async () => {
  const { io } = outputs();
  const read: number[] = [];
  io.digitalRead(2, (level) => read.push(level));
  assert.deepEqual(read, []);
  await new Promise(setImmediate);
  io.report(2, 1);
  assert.deepEqual(read, [0, 1]);
});

test('what the board cannot do it throws at', () => {
  const { io } = outputs();
  const unsupported = { code: 'BOARD_UNSUPPORTED' };
  assert.throws(() => io.analogRead(), unsupported);
  assert.throws(() => io.servoWrite(), unsupported);
  assert.throws(() => io.pinMode(0, io.MODES.ANALOG), unsupported);
  assert.throws(() => io.pinMode(2, io.MODES.OUTPUT), unsupported);
  assert.throws(() => io.digitalRead(0, () => assert.fail()), unsupported);
  assert.throws(() => io.digitalWrite(3, 1), unsupported);
});

test('nothing that speaks to a serial line is installed, and a board takes neither terminal nor Ctrl-C', () => {
  const program = `
    import { createRequire } from 'node:module';
    import five from 'johnny-five';
    import { BoardIo } from './agent/edges/hardware/gpio/board-io.ts';
    const require = createRequire(process.cwd() + '/node_modules/johnny-five/lib/board.js');
    const refused = ['serialport', 'firmata', 'browser-serialport'].map((name) => {
      try { require(name); return 'installed'; } catch (error) { return /not installed/.test(error.message) ? 'no' : error.message; }
    });
    const io = new BoardIo([]);
    const board = new five.Board({ io, repl: false, sigint: false, debug: false });
    board.on('ready', () => {
      console.log(JSON.stringify([...refused, process.listenerCount('SIGINT'), process.stdin.listenerCount('data')]));
    });
    io.begin();`;
  const { out, err } = runNode(['--input-type=module', '-e', program]);
  assert.equal(out.trim(), JSON.stringify(['no', 'no', 'no', 0, 0]), err);
});
