import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoLimits } from '../../../agent/compose/guard-limits.ts';
import { SIMULATED_ACCOUNT } from '../../../agent/compose/simulation.ts';
import { bundle } from '../../../scripts/bundle.ts';
import { ARCHITECTURES } from '../../../scripts/package/architecture.ts';
import { copyNativeParts } from '../../../scripts/package/native-parts.ts';
import { ROOT } from '../../run-node.ts';
import { writeInitramfs } from '../machine/initramfs.ts';
import { debianKernel, type Kernel, modulesOf } from '../machine/kernel.ts';
import { nodeProgram, smallSystem } from '../machine/small-system.ts';
import { BLOCK } from './volatile-disk.ts';

/** Everything that is in the machine but its disk; the same at each start. */
export interface Guest {
  readonly kernel: Kernel;
  readonly initramfs: string;
  /** A second disk, which is only read: a start needs little of all that Node is. */
  readonly programs: string;
}

export const TOKEN = 'power';
export const PAGE_PORT = 8080;
export const SYMBOLS = ['SPY', 'QQQ', 'IWM', 'TSLA', 'AAPL', 'KO'];
export const CLIENT_ID = 1;
const NODE = '/bin/node';
/** The host, as a machine on QEMU's own network sees it. */
const HOST = '10.0.2.2';
const ANY_GATEWAY = 65_535;
const GUARD_PORT = 4001;
const GUARD_CLIENT_ID = 900;
const GUARDED_PER_SECOND = 48;
const DISK_KILOBYTES = 65_536;
const PROGRAMS_KILOBYTES = 262_144;
/** Both are due when the machine has started. All symbols are worth an order, which is moved every half minute. */
const TRADING = [
  'strategy: { putWrite: { minScore: 20, minVolume: 0, minOpenInterest: 0, minDaysToExpiration: 24, maxDaysToExpiration: 36 } }',
  'risk: { maxSecuredPerSymbolDollars: 1e9, maxSecuredTotalDollars: 1e9, maxOrdersPerDay: 1000, maxContractsPerOrder: 1000 }',
  'orders: { priceSteps: 20, priceStepMinutes: 0.5, maxConcessionFraction: 1 }',
  'schedule: { analyse: { times: ["09:34"] }, execute: { times: ["09:35"] } }',
];
const LARGE_ORDERS = { contractsPerOrder: 1_000, contractsPerDay: 100_000, notionalPerOrder: 1_000_000_000 };

/** Busybox is all there is: two programs as two units would be, on a disk that may just have lost its power. */
const WORK = [
  'ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; ip route add default via 10.0.2.2',
  'echo "{\\"kind\\":\\"cache\\",\\"mode\\":\\"$(cat /sys/block/vda/queue/write_cache)\\"}"',
  'mkdir -p /data /programs; mount -t ext4 -o ro /dev/vdb /programs',
  'mount -t ext4 -o data=ordered,commit=60,noatime,errors=remount-ro /dev/vda /data || { echo \'{"kind":"noDisk"}\'; exit; }',
  `sed -i s/${ANY_GATEWAY}/$gateway/ /etc/guard.json; echo "0 1" > /run/contacts`,
  'export NODE_ENV=production NODE_COMPILE_CACHE=/data/cache',
  '/programs/node /programs/app/guard/main.js --config /etc/guard.json </dev/null >&2 &',
  `exec /programs/node /programs/app/guest.js /etc/settings.yaml /run ${TOKEN} </dev/null >&2`,
].join('\n');

/** @param speed of the market's clock; where the gateway is, each machine is told at its start */
export async function makeGuest(folder: string, speed: number): Promise<Guest> {
  const kernel = debianKernel('amd64');
  const [initramfs, programs] = [join(folder, 'initramfs'), join(folder, 'programs.img')];
  const node = nodeProgram();
  const [program] = node.flatMap((entry) => (entry.path === NODE && 'from' in entry ? [entry.from] : []));
  await makePrograms(programs, program ?? '');
  const modules = modulesOf(kernel, ['virtio_pci', 'virtio_blk', 'virtio_net', 'crc32c_generic', 'ext4']);
  writeInitramfs(initramfs, [
    ...smallSystem({ kernel, modules, work: WORK }),
    ...node.filter(({ path }) => path !== NODE),
    { path: '/etc/settings.yaml', text: settingsText() },
    { path: '/etc/limits.json', text: JSON.stringify({ ...demoLimits(SIMULATED_ACCOUNT, SYMBOLS), ...LARGE_ORDERS }) },
    { path: '/etc/guard.json', text: JSON.stringify(guardConfig(speed)) },
  ]);
  return { kernel, initramfs, programs };
}

/** As the package leaves it: nothing but the guard's folder with a latch that is armed. */
export function newDisk(scratch: string): Buffer {
  const [content, image] = [join(scratch, 'content'), join(scratch, 'new.img')];
  mkdirSync(join(content, 'guard'), { recursive: true });
  writeFileSync(join(content, 'guard/latch.json'), '{"state":"armed","cause":"first start","at":""}\n');
  makeFileSystem(content, image, DISK_KILOBYTES);
  const medium = readFileSync(image);
  rmSync(image);
  return medium;
}

/** Bundled, with the native parts that the package has, and the witness as a third program. */
async function makePrograms(image: string, node: string): Promise<void> {
  const content = `${image}.content`;
  const app = join(content, 'app');
  const [amd64] = ARCHITECTURES.filter(({ debian }) => debian === 'amd64');
  if (amd64 === undefined) throw new Error('there is no package for amd64');
  await bundle(app, { guest: `${ROOT}/test/rigs/power/guest.ts` });
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }\n');
  const cache = `${ROOT}/node_modules/.cache/package`;
  const places = { archives: `${cache}/archives`, unpacked: `${content}.unpacked` };
  copyNativeParts(amd64, join(app, 'node_modules'), places);
  copyFileSync(node, join(content, 'node'));
  makeFileSystem(content, image, PROGRAMS_KILOBYTES);
  rmSync(places.unpacked, { recursive: true, force: true });
}

function makeFileSystem(content: string, image: string, kilobytes: number): void {
  const options = ['-b', String(BLOCK), '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', ...options, '-d', content, image, `${kilobytes}k`]);
  rmSync(content, { recursive: true });
}

function guardConfig(speed: number): object {
  return {
    listen: { host: '127.0.0.1', port: GUARD_PORT },
    gateway: { host: HOST, port: ANY_GATEWAY, clientId: GUARD_CLIENT_ID },
    ...{ folder: '/data/guard', limits: '/etc/limits.json', switch: 'file', contacts: '/run/contacts' },
    control: { open: '/run/open.sock', admin: '/run/admin.sock' },
    afterReset: 'active',
    messagesPerSecond: Math.ceil(GUARDED_PER_SECOND * speed),
  };
}

function settingsText(): string {
  const settings = [
    `broker: { port: ${GUARD_PORT}, clientId: ${CLIENT_ID}, guard: { socket: /run/open.sock } }`,
    ...[`symbols: [${SYMBOLS.join(', ')}]`, 'futures: []', 'store: { path: /data/store }'],
    ...[`page: { host: 0.0.0.0, port: ${PAGE_PORT} }`, 'log: { path: /dev/ttyS0 }'],
    ...TRADING,
  ];
  return `${settings.join('\n')}\n`;
}
