import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { ROOT } from '../../run-node.ts';
import type { Entry } from './initramfs.ts';
import type { Kernel } from './kernel.ts';

/** Where the machine's second serial line begins, which carries our lines and nothing else. */
export const LINES = '/dev/ttyS1';

export interface SmallSystem {
  readonly kernel: Kernel;
  /** Files of kernel modules, in the order they are loaded. */
  readonly modules: readonly string[];
  /** Shell; its standard input and output are the lines, its standard error is the console. When it ends, so does the machine. */
  readonly work: string;
}

/** What a machine needs to run a line of shell in 64-bit Linux: busybox, the modules, and a first process. */
export function smallSystem({ kernel, modules, work }: SmallSystem): Entry[] {
  const first = [
    '#!/bin/busybox sh',
    'busybox=/bin/busybox; $busybox mkdir -p /proc /sys /dev /tmp /run',
    '$busybox --install -s /bin; export PATH=/bin HOME=/tmp',
    'mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev 2>/dev/null',
    'ifconfig lo 127.0.0.1 up',
    ...modules.map((file) => `insmod /modules/${basename(file)}`),
    `stty -F ${LINES} raw -echo`,
    `sh /work <>${LINES} >&0`,
    'sync; reboot -f',
  ];
  return [
    { path: '/bin/busybox', from: kernel.busybox },
    ...modules.map((from) => ({ path: `/modules/${basename(from)}`, from })),
    { path: '/init', text: `${first.join('\n')}\n` },
    { path: '/work', text: `${work}\n` },
  ];
}

const NODE = join(ROOT, 'node_modules/node/bin/node');

/** Our own Node as /bin/node, with the libraries that it and native parts are linked to. */
export function nodeProgram(): Entry[] {
  const said = execFileSync('ldd', [NODE], { encoding: 'utf8' });
  const libraries = [...said.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '');
  return [{ path: '/bin/node', from: NODE }, ...libraries.map((path) => ({ path, from: path }))];
}
