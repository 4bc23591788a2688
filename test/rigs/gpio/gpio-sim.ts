import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebianArchive } from '../machine/debian-archive.ts';
import type { Kernel } from '../machine/kernel.ts';
import { NOT_FETCHED } from '../needs.ts';

/** Beside what a machine needs: the module is compiled here. */
export const MODULE_NEEDS = { make: 'make', gcc: 'gcc', strip: 'binutils' };

const SOURCES = ['drivers/gpio/gpio-sim.c', 'drivers/gpio/gpiolib.h', 'kernel/irq/irq_sim.c'];
/** The kernel keeps this one to itself, and its inline twin not. */
const NOT_EXPORTED =
  '#include <linux/irq.h>\n#include <linux/irqdesc.h>\n#define irq_to_desc(number) irq_data_to_desc(irq_get_irq_data(number))\n';

/**
 * The kernel's own simulated GPIO chip, which Debian leaves out, compiled from Debian's kernel source as a module and kept beside
 * the kernel. A test tool under the kernel's licence: it is neither kept in the repository nor given to anybody.
 */
export function gpioSimModule(kernel: Kernel): string {
  const module = join(kernel.folder, 'gpio-sim.ko');
  if (existsSync(module)) return module;
  if (process.arch !== 'x64') throw Object.assign(new Error('the module is compiled on amd64'), { code: NOT_FETCHED });
  const work = mkdtempSync(join(tmpdir(), 'wheelhouse-gpio-sim-'));
  const archive = new DebianArchive(kernel.architecture);
  try {
    archive.open();
    unpackTools(archive, kernel, work);
    writeModule(work, join(work, 'module'));
    const headers = join(work, `usr/src/linux-headers-${kernel.version}`);
    const built = spawnSync('make', ['-C', headers, `M=${join(work, 'module')}`, 'modules'], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`gpio-sim was not built:\n${built.stdout}${built.stderr}`);
    execFileSync('strip', ['--strip-debug', join(work, 'module/gpio-sim.ko')]);
    copyFileSync(join(work, 'module/gpio-sim.ko'), `${module}.new`);
    execFileSync('mv', [`${module}.new`, module]);
    return module;
  } finally {
    archive.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Headers, the kernel's build programs and its source, which look for each other at the root of the machine. */
function unpackTools(archive: DebianArchive, { version, architecture }: Kernel, work: string): void {
  const headers = `linux-headers-${version}`;
  const needed = archive.dependenciesOf(headers).filter((name) => /^linux-(headers|kbuild)-/.test(name));
  const [source] = archive.dependenciesOf('linux-source').filter((name) => name.startsWith('linux-source-'));
  if (source === undefined) throw new Error(`there is no kernel source for ${architecture}`);
  archive.unpack([headers, ...needed, source], work);
  const makefile = join(work, 'usr/src', headers, 'Makefile');
  writeFileSync(makefile, readFileSync(makefile, 'utf8').replaceAll('/usr/', `${work}/usr/`));
  const tarball = readdirSync(join(work, 'usr/src')).find((name) => name.endsWith('.tar.xz')) ?? '';
  const wanted = SOURCES.map((path) => `${source}/${path}`);
  const strip = ['--strip-components=1', '-C', work];
  execFileSync('tar', ['-xf', join(work, 'usr/src', tarball), ...strip, ...wanted]);
}

/** Simulated interrupts are not in Debian's kernel either, so they are a part of the module. */
function writeModule(work: string, folder: string): void {
  const source = (path: string): string => readFileSync(join(work, path), 'utf8');
  const files = {
    'sim_main.c': withContacts(source('drivers/gpio/gpio-sim.c')),
    'gpiolib.h': source('drivers/gpio/gpiolib.h'),
    'irq_sim.c': `${NOT_EXPORTED}${source('kernel/irq/irq_sim.c')}`,
    Makefile: 'obj-m := gpio-sim.o\ngpio-sim-y := sim_main.o irq_sim.o\n',
  };
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/**
 * To the simulated chip, what somebody pulls and the bias that a program asks for are one and the same. A contact to ground is
 * stronger than a pull-up: a line that was pulled down from outside stays down, whoever asks for it.
 */
function withContacts(source: string): string {
  const changes = [
    [
      'static int gpio_sim_apply_pull(',
      'static DECLARE_BITMAP(closed_contacts, 1024);\n\nstatic int gpio_sim_apply_pull(',
    ],
    [
      'return gpio_sim_apply_pull(chip, offset, 1);',
      'return test_bit(offset, closed_contacts) ? 0 : gpio_sim_apply_pull(chip, offset, 1);',
    ],
    [
      'ret = gpio_sim_apply_pull(chip, line_attr->offset, pull);',
      'assign_bit(line_attr->offset, closed_contacts, !pull);\n\tret = gpio_sim_apply_pull(chip, line_attr->offset, pull);',
    ],
  ] as const;
  return changes.reduce((text, [before, after]) => {
    const parts = text.split(before);
    if (parts.length !== 2) throw new Error(`gpio-sim.c has changed: ${parts.length - 1} times "${before}"`);
    return parts.join(after);
  }, source);
}
