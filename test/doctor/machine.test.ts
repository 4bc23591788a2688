import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Space } from '../../agent/doctor/box.ts';
import { lookAtClock } from '../../agent/doctor/clock.ts';
import { lookAtCard, lookAtDisk } from '../../agent/doctor/disk.ts';
import { lookAtMemory } from '../../agent/doctor/memory.ts';
import { lookAtPackage } from '../../agent/doctor/package.ts';
import { lookAtTemperature } from '../../agent/doctor/temperature.ts';
import { snapshot } from '../edges/status/snapshot-fixture.ts';
import { type Machine, madeUpBox } from './made-up-box.ts';

const NEVER = new AbortController().signal;
const ROOMY: Space = { bsize: 4096, blocks: 7_000_000, bavail: 5_000_000, files: 1_000_000, ffree: 900_000 };

const MOUNTS = [
  '25 1 179:2 / / ro,relatime shared:1 - ext4 /dev/root ro',
  '40 25 179:3 / /var/lib/wheel\\040house rw,noatime shared:2 - ext4 /dev/mmcblk0p3 rw,errors=remount-ro',
  '41 25 0:30 / /tmp rw - tmpfs tmpfs rw',
  // Only the beginning of the name is the same.
  '42 25 0:31 / /var/lib/wheel\\040house/sto ro - tmpfs tmpfs ro',
];
const BOOKS = '/var/lib/wheel house/store';

function card(errors: string, mounts = MOUNTS): NonNullable<Machine['files']> {
  return {
    '/proc/self/mountinfo': `${mounts.join('\n')}\n`,
    '/var/lib/wheel house/store/CURRENT': '',
    '/sys/devices/mmc/mmcblk0p3/dev': '179:3\n',
    '/sys/dev/block/179:3': { link: '../../devices/mmc/mmcblk0p3' },
    '/sys/fs/ext4/mmcblk0p3/errors_count': `${errors}\n`,
  };
}

test('the disk is that of the books: room, inodes, how it is mounted, the errors that it has counted', async (t) => {
  const look = async (files: Machine['files'] & object, space: Space = ROOMY) => {
    const { state, found } = await lookAtDisk(madeUpBox(t, { files, space: async () => space }).box, BOOKS);
    return `${state} ${found}`;
  };
  const good =
    /^ok 19531 of 27343 MB free in \/var\/lib\/wheel house; ext4 on \/dev\/mmcblk0p3, noatime; no errors counted$/;
  assert.match(await look(card('0')), good);
  assert.match(await look(card('3')), /^failed .*; 3 errors counted/);
  assert.match(await look(card('0'), { ...ROOMY, bavail: 20_000 }), /^failed 78 of/);
  assert.match(await look(card('0'), { ...ROOMY, bavail: 100_000 }), /^warning 390 of/);
  assert.match(await look(card('0'), { ...ROOMY, ffree: 1_000 }), /^failed .* but 1000 of 1000000 inodes/);
  assert.match(await look(card('0'), { ...ROOMY, files: 0, ffree: 0 }), /^ok/);
  const [root = '', books = '', tmp = ''] = MOUNTS;
  assert.match(await look(card('0', [root, books.replace(' rw,errors', ' ro,errors'), tmp])), /^failed .*READ-ONLY/);
  assert.match(await look(card('0', [root, `${books},nobarrier`])), /^warning .*nobarrier: a power cut/);
  const { box } = madeUpBox(t, { files: { '/proc/self/mountinfo': root }, space: async () => ROOMY });
  assert.match((await lookAtDisk(box, BOOKS)).found, /READ-ONLY/);
});

test('a card that tells how worn it is is believed, one that does not is no failure', async (t) => {
  const look = async (life: string | null, reserve = '0x01') => {
    const at = '/sys/block/mmcblk0/device';
    const told = life === null ? {} : { [`${at}/life_time`]: `${life}\n`, [`${at}/pre_eol_info`]: `${reserve}\n` };
    const { state, found } = await lookAtCard(madeUpBox(t, { files: { [`${at}/name`]: 'SD64G\n', ...told } }).box);
    return `${state} ${found}`;
  };
  assert.equal(await look('0x02 0x01'), 'ok mmcblk0 (SD64G): 10 to 20 % of its life is gone');
  assert.equal(await look('0x01 0x09'), 'warning mmcblk0 (SD64G): 80 to 90 % of its life is gone');
  assert.equal(await look('0x0b 0x01'), 'failed mmcblk0 (SD64G) is at the end of its life');
  assert.match(await look('0x01 0x01', '0x03'), /^failed/);
  assert.equal(await look(null), 'ok mmcblk0 (SD64G) does not tell how worn it is');
  assert.equal((await lookAtCard(madeUpBox(t).box)).state, 'ok');
});

test('the clock is compared with the broker, and with the day on which the program was made', async (t) => {
  const now = Date.parse('2026-11-20T15:00:00Z');
  const made = { files: { '/run/systemd/timesync/synchronized': '' } };
  const look = async (machine: Machine, aheadMs: number | null, builtAt: number | null = now - 1e9) => {
    const facts = { clock: { now: () => now }, builtAt, ahead: Promise.resolve(aheadMs) };
    const { state, found, mend } = await lookAtClock(madeUpBox(t, machine).box, facts, NEVER);
    assert.equal(state === 'ok', mend === null);
    return `${state} ${found}`;
  };
  assert.equal(await look(made, 300), "ok as the broker's; synchronised");
  assert.equal(await look(made, -7_000), "warning 7 s before the broker's; synchronised");
  assert.match(await look(made, 61_000), /^failed 61 s behind the broker's: nothing is ordered/);
  assert.match(await look(made, null, now + 1), /^failed the clock stands before .* 2026-11-20$/);
  assert.equal(await look({}, null), 'warning whether it is right, nobody here can tell');
  assert.match(await look({}, 0), /^ok/);
  assert.match(
    await look({ call: async (program) => (program === 'timedatectl' ? 'no\n' : null) }, 0),
    /^warning .*not synchronised/,
  );
  const chrony = '50505300,PPS0,1,0.0,0.0,0.0,0.0,0,0,0,0,0,0,Normal\n';
  assert.equal(
    await look({ call: async (program) => (program === 'chronyc' ? chrony : null) }, null),
    'ok synchronised',
  );
});

test('memory is told as what is left, and what was killed for want of it', async (t) => {
  const look = async (available: number, killed = 0) => {
    const events = '/sys/fs/cgroup/system.slice/wheelhouse-agent.service/memory.events';
    const files = {
      '/proc/meminfo': `MemTotal:         473000 kB\nMemFree:  1 kB\nMemAvailable:   ${available * 1024} kB\n`,
      [events]: `low 0\nhigh 7\nmax 0\noom 1\noom_kill ${killed}\noom_group_kill 0\n`,
    };
    const { state, found } = await lookAtMemory(madeUpBox(t, { files }).box);
    return `${state} ${found}`;
  };
  assert.equal(await look(250), 'ok 250 of 461 MB free');
  assert.match(await look(100), /^warning/);
  assert.match(await look(60), /^failed/);
  assert.match(await look(250, 2), /^warning .*wheelhouse-agent ran out of memory 2 times/);
});

test('temperature and the firmware’s word on throttling: what is so now has failed, what has been so is a warning', async (t) => {
  const look = async (milli: number, word: string | null) => {
    const files = { '/sys/class/thermal/thermal_zone0/temp': `${milli}\n` };
    const call = async (program: string) => (program === 'vcgencmd' && word !== null ? `throttled=${word}\n` : null);
    const { state, found } = await lookAtTemperature(madeUpBox(t, { files, call }).box, NEVER);
    return `${state} ${found}`;
  };
  assert.equal(await look(48_312, '0x0'), 'ok 48 °C; never throttled since the last start');
  assert.equal(await look(76_000, null), 'warning 76 °C');
  assert.match(await look(85_000, '0x0'), /^failed 85/);
  assert.equal(
    await look(50_000, '0x50000'),
    'warning 50 °C; under-voltage since the last start; throttled since the last start',
  );
  assert.equal(await look(50_000, '0x50005'), 'failed 50 °C; under-voltage now; throttled now');
  const kernel = { '/sys/devices/platform/soc/soc:firmware/get_throttled': '80008\n' };
  assert.match(
    (await lookAtTemperature(madeUpBox(t, { files: kernel }).box, NEVER)).found,
    /^at its soft temperature limit now$/,
  );
  assert.equal((await lookAtTemperature(madeUpBox(t).box, NEVER)).state, 'ok');
});

test('the package is compared with what runs and with what the system knows of', async (t) => {
  const look = async (dpkg: string | null, candidate: string, running = '0.1.0') => {
    const [is = '', version = ''] = (dpkg ?? '').split(' ');
    const told = `Package: wheelhouse\nStatus: install ok ${is}\nPriority: optional\nVersion: ${version}\n`;
    const call = async (program: string) =>
      program === 'dpkg-query'
        ? dpkg === null
          ? null
          : told
        : `wheelhouse:\n  Installed: 0.1.0\n  Candidate: ${candidate}\n`;
    const word = { alive: true, ready: true, snapshot: snapshot({ version: running }), trouble: null };
    const programs = { own: '0.1.0', running: Promise.resolve(word) };
    const { state, found } = await lookAtPackage(madeUpBox(t, { call }).box, programs, NEVER);
    return `${state} ${found}`;
  };
  assert.equal(await look('installed 0.1.0', '0.1.0'), 'ok version 0.1.0, package 0.1.0');
  assert.equal(await look('installed 0.1.0', '0.2.0'), 'warning version 0.1.0, package 0.1.0; 0.2.0 is known');
  assert.match(await look('half-configured 0.1.0', '0.1.0'), /^failed/);
  assert.match(await look('installed 0.1.0', '0.1.0', '0.0.9'), /^warning .*still runs 0\.0\.9/);
  assert.equal(await look(null, '(none)'), 'ok version 0.1.0, not from a package');
});
