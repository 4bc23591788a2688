import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import { type Mount, mountOf } from './mount.ts';

const MB = 1024 * 1024;
const LEAST_MB = 100;
const SCARCE_MB = 500;
/** Share of the inodes. */
const FEW_INODES = 0.02;

/** The file system in which the books are: room, how it is mounted, what it has counted of its own errors. */
export async function lookAtDisk(box: Box, folder: string): Promise<Finding> {
  const mount = mountOf((await box.text('/proc/self/mountinfo')) ?? '', await nearest(box, folder));
  const room = await aboutRoom(box, mount?.at ?? folder);
  if (mount === null) return room;
  return together([room, aboutMount(mount), ...(await aboutErrors(box, mount))]);
}

/** Before the first start the folder is not there yet, and others may not see it. */
async function nearest(box: Box, folder: string): Promise<string> {
  let path = folder;
  while (path !== '/' && (await box.stat(path).catch(() => null)) === null)
    path = path.slice(0, path.lastIndexOf('/')) || '/';
  return box.real(path);
}

async function aboutRoom(box: Box, path: string): Promise<Finding> {
  const { bsize, blocks, bavail, files, ffree } = await box.space(path);
  const [free, total] = [Math.floor((bavail * bsize) / MB), Math.floor((blocks * bsize) / MB)];
  const found = `${free} of ${total} MB free in ${path}`;
  const mend = `see what fills it: sudo du -xh --max-depth=2 ${path} | sort -h | tail; the journal gives back its part with: sudo journalctl --vacuum-size=50M`;
  if (free < LEAST_MB) return failed(found, mend);
  // Some file systems do not count them.
  if (files > 0 && ffree / files < FEW_INODES) {
    const many = `see what has so many files: sudo du --inodes -x --max-depth=2 ${path} | sort -h | tail`;
    return failed(`${found}, but ${ffree} of ${files} inodes`, many);
  }
  return free < SCARCE_MB ? warning(found, mend) : ok(found);
}

function aboutMount({ type, device, options, at }: Mount): Finding {
  const about = `${type} on ${device}`;
  if (options.has('ro')) {
    const mend = `see why: sudo dmesg | grep -i ${type}; then sudo mount -o remount,rw ${at}, and copy the books before you go on`;
    return failed(`${about}, READ-ONLY`, mend);
  }
  const risky = ['nobarrier', 'barrier=0', 'data=writeback'].filter((option) => options.has(option));
  if (risky.length > 0) {
    return warning(
      `${about}, ${risky.join(', ')}: a power cut may take what was written`,
      `take it out of the line of ${at} in /etc/fstab`,
    );
  }
  return ok(`${about}${options.has('noatime') ? ', noatime' : ''}`);
}

async function aboutErrors(box: Box, { type, numbers }: Mount): Promise<Finding[]> {
  if (type !== 'ext4') return [];
  const name = (await box.real(`/sys/dev/block/${numbers}`)).split('/').at(-1);
  const count = await box.text(`/sys/fs/ext4/${name}/errors_count`);
  if (count === null) return [];
  if (Number(count) === 0) return [ok('no errors counted')];
  const mend = `copy the books off it now, then check it at the next start: add fsck.mode=force to /boot/firmware/cmdline.txt and reboot`;
  return [failed(`${count} errors counted by the file system`, mend)];
}

/** Each step of the card's own estimate is a tenth of its life. */
const WORN = 8;
const AT_ITS_END = 10;
const CARDS = /^mmcblk\d+$/;

/** Only soldered storage (eMMC) and some industrial cards tell how much of their life is gone. */
export async function lookAtCard(box: Box): Promise<Finding> {
  const cards = (await box.names('/sys/block')).filter((name) => CARDS.test(name));
  const found: Finding[] = [];
  for (const name of cards) found.push(await aboutLife(box, name));
  return found.length === 0 ? ok('not here: no card and no soldered storage') : together(found);
}

async function aboutLife(box: Box, name: string): Promise<Finding> {
  const device = `/sys/block/${name}/device`;
  const [life, reserve, model] = await Promise.all([
    box.text(`${device}/life_time`),
    box.text(`${device}/pre_eol_info`),
    box.text(`${device}/name`),
  ]);
  const about = model ? `${name} (${model})` : name;
  if (life === null) return ok(`${about} does not tell how worn it is`);
  const steps = Math.max(...life.split(/\s+/).map(Number).filter(Number.isFinite), 0);
  const mend = `copy the books (see docs/recovery.md) and put in another card`;
  if (steps > AT_ITS_END || Number(reserve) >= 3) return failed(`${about} is at the end of its life`, mend);
  if (steps === 0) return ok(`${about} does not tell how worn it is`);
  const used = `${about}: ${(steps - 1) * 10} to ${steps * 10} % of its life is gone`;
  return steps >= WORN || Number(reserve) === 2 ? warning(used, mend) : ok(used);
}
