import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from './kernel.ts';
import { Machine } from './machine.ts';

export interface MachineOptions {
  readonly kernel: Kernel;
  readonly initramfs: string;
  /** Each as QEMU's `-drive` says it, from /dev/vda on: `file=disk.img,format=raw`, `nbd:unix:…`. Needs the module virtio_blk. */
  readonly drives?: readonly string[];
  /** Each as QEMU's own arguments say it: `-netdev`, `user,id=n0`, … */
  readonly devices?: readonly string[];
  /** For the kernel, beside what every machine is told. */
  readonly append?: string;
  /** From the start; after it the machine is killed, and whoever waits for a line hears so. */
  readonly deadlineMs: number;
  /** Of an amd64 machine. */
  readonly megabytes?: number;
  /** Of an arm64 machine, which is a Raspberry Pi 3: its compiled device tree. */
  readonly deviceTree?: string;
}

/** Packages of QEMU and of whoever fetches the kernel. */
export const MACHINE_NEEDS = {
  'qemu-system-x86_64': 'qemu-system-x86',
  setpriv: 'util-linux',
  'apt-get': 'apt',
  xz: 'xz-utils',
  tar: 'tar',
};

/** Starts a virtual machine: its console goes to a file, its second serial line is ours. */
export function bootMachine(options: MachineOptions): Machine {
  const { kernel, initramfs, drives = [], devices = [], append = '', deadlineMs } = options;
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-machine-'));
  const console = join(folder, 'console');
  const board = kernel.architecture === 'amd64' ? personalComputer(options.megabytes ?? 1024) : raspberryPi(options);
  const disks = drives.flatMap((drive, index) => [
    '-drive',
    `if=none,id=d${index},${drive}`,
    '-device',
    `virtio-blk-pci,drive=d${index}`,
  ]);
  const args = [
    ...board.args,
    ...['-display', 'none', '-monitor', 'none', '-nodefaults', '-no-reboot'],
    ...['-chardev', `file,id=console,path=${console}`, '-serial', 'chardev:console', '-serial', 'stdio'],
    ...['-kernel', kernel.image, '-initrd', initramfs, ...disks, ...devices],
    ...['-append', `${board.append} loglevel=6 panic=-1 mitigations=off ${append}`],
  ];
  // However we end, it ends with us.
  const program = ['--pdeathsig', 'KILL', board.program];
  return new Machine(spawn('setpriv', [...program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] }), folder, deadlineMs);
}

function personalComputer(megabytes: number): { program: string; args: string[]; append: string } {
  const accelerated = canAccelerate();
  return {
    program: 'qemu-system-x86_64',
    args: [
      ...['-machine', 'q35', '-accel', accelerated ? 'kvm' : 'tcg,thread=multi'],
      ...['-cpu', accelerated ? 'host' : 'max', '-smp', '2', '-m', String(megabytes)],
    ],
    // An emulated timer is late on a busy machine: whoever measures it takes it for a broken one.
    append: 'console=ttyS0 no_timer_check tsc=reliable',
  };
}

function raspberryPi({ deviceTree }: MachineOptions): { program: string; args: string[]; append: string } {
  if (deviceTree === undefined) throw new Error('a Raspberry Pi has a device tree');
  return {
    program: 'qemu-system-aarch64',
    args: ['-machine', 'raspi3b', '-accel', 'tcg,thread=multi', '-dtb', deviceTree],
    append: 'console=ttyAMA0',
  };
}

/** There is a /dev/kvm too where the processor has nothing for it, and no ordinary kernel gets far with that one. */
function canAccelerate(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
  } catch {
    return false;
  }
}
