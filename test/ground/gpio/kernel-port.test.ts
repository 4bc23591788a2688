import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type KernelPort, openKernelPort } from '../../../agent/ground/gpio/kernel-port.ts';
import { emptyChipInfo, IOCTL } from '../../../agent/ground/gpio/line-abi.ts';
import { runNode } from '../../run-node.ts';

const LINUX = process.platform === 'linux' ? false : 'the kernel port is for Linux';

/** With a plain file in place of a chip. */
async function realPort(t: TestContext): Promise<{ port: KernelPort; folder: string }> {
  const folder = mkdtempSync(`${tmpdir()}/devices-`);
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['gpiochip10', 'gpiochip2', 'gpiochipX', 'gpiomem']) writeFileSync(join(folder, name), '');
  const port = await openKernelPort(folder);
  assert.ok(port !== null);
  return { port, folder };
}

/** A pipe that is written and read through one descriptor. */
async function fifo(t: TestContext, folder: string): Promise<number> {
  const path = join(folder, 'fifo');
  await new Promise((resolve) => spawn('sh', ['-c', `mkfifo ${path}`]).on('close', resolve));
  const fd = openSync(path, constants.O_RDWR);
  t.after(() => closeSync(fd));
  return fd;
}

test('chips are found by their names, in the order of their numbers', { skip: LINUX }, async (t) => {
  const { port, folder } = await realPort(t);
  assert.deepEqual(port.chips(), [`${folder}/gpiochip2`, `${folder}/gpiochip10`]);
});

test("the kernel's refusal comes with its own code", { skip: LINUX }, async (t) => {
  const { port } = await realPort(t);
  const fd = port.open(port.chips()[0] ?? '');
  assert.throws(() => port.ioctl(fd, IOCTL.chipInfo, emptyChipInfo()), { code: 'ENOTTY' });
  port.close(fd);
  assert.throws(() => port.ioctl(fd, IOCTL.chipInfo, emptyChipInfo()), { code: 'EBADF' });
});

test('an ioctl fills in the bytes it is given', { skip: LINUX }, async (t) => {
  const { port, folder } = await realPort(t);
  const fd = await fifo(t, folder);
  writeSync(fd, 'seven..');
  const FIONREAD = 0x541b;
  const bytes = Buffer.alloc(4);
  port.ioctl(fd, FIONREAD, bytes);
  assert.equal(bytes.readInt32LE(), 7);
});

test('a poll tells when something can be read, and reading then does not wait', { skip: LINUX }, async (t) => {
  const { port, folder } = await realPort(t);
  const fd = await fifo(t, folder);
  assert.equal(await port.readable(fd, 20), false);
  const waiting = port.readable(fd, 10_000);
  writeSync(fd, 'edge');
  assert.equal(await waiting, true);
  const bytes = Buffer.alloc(48);
  assert.equal(bytes.toString('latin1', 0, port.read(fd, bytes)), 'edge');
  await assert.rejects(port.readable(9_999, 20), { code: 'ENODEV' });
});

test('a process that listens to lines ends when it wants to', { skip: LINUX }, () => {
  const program = `
    import { execFileSync } from 'node:child_process';
    import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
    import { openKernelPort } from './agent/ground/gpio/kernel-port.ts';
    import { Lines } from './agent/ground/gpio/lines.ts';
    const folder = mkdtempSync('/tmp/devices-');
    writeFileSync(folder + '/gpiochip0', '');
    execFileSync('sh', ['-c', 'mkfifo ' + folder + '/fifo']);
    const port = await openKernelPort(folder);
    const lines = new Lines(port, openSync(folder + '/fifo', 'r+'), [4]);
    lines.watch({ onEvents() {}, onTrouble() {} });
    rmSync(folder, { recursive: true });
    process.on('exit', () => process.stdout.write('ends'));
    setTimeout(() => process.exit(7), 50);`;
  const { code, out } = runNode(['--input-type=module', '-e', program]);
  assert.deepEqual([code, out], [7, 'ends']);
});

test('the library is loaded where there is a chip, and nowhere else', { skip: LINUX }, (t) => {
  const folder = mkdtempSync(`${tmpdir()}/devices-`);
  t.after(() => rmSync(folder, { recursive: true }));
  const program = `
    import { openKernelPort } from './agent/ground/gpio/kernel-port.ts';
    const loaded = () => process.report.getReport().sharedObjects.some((path) => path.includes('koffi'));
    const before = [await openKernelPort(process.argv[1]) === null, loaded()];
    (await import('node:fs')).writeFileSync(process.argv[1] + '/gpiochip0', '');
    console.log(JSON.stringify([...before, await openKernelPort(process.argv[1]) === null, loaded()]));`;
  const { out } = runNode(['--input-type=module', '-e', program, folder]);
  assert.deepEqual(JSON.parse(out), [true, false, false, true]);
});
