import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const XZ = Buffer.from('fd377a585a00', 'hex');
const MOST_BYTES = 1 << 29;

/**
 * What QEMU starts. A kernel of a PC unpacks itself, which takes an emulated processor three seconds of five: where it can be
 * entered unpacked (PVH), that is done here, once.
 */
export function kernelImage(folder: string, version: string): string {
  const packed = join(folder, `boot/vmlinuz-${version}`);
  const image = join(folder, 'boot/vmlinux');
  if (existsSync(image)) return image;
  if (!/^CONFIG_PVH=y$/m.test(readFileSync(join(folder, `boot/config-${version}`), 'utf8'))) return packed;
  const bytes = readFileSync(packed);
  const at = bytes.indexOf(XZ);
  if (at < 0) return packed;
  // What follows the kernel in the file is not ours.
  const args = ['--decompress', '--stdout', '--single-stream'];
  const { status, stdout } = spawnSync('xz', args, { input: bytes.subarray(at), maxBuffer: MOST_BYTES });
  if (status !== 0) return packed;
  writeFileSync(`${image}.${process.pid}`, stdout);
  renameSync(`${image}.${process.pid}`, image);
  return image;
}
