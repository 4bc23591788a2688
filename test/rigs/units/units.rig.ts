import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missingFor } from '../needs.ts';
import { AGENT, CONTAINER_NEEDS, GUARD, Stage } from './stage.ts';

/* The installed package under a real systemd. One story: each test goes on where the one before has ended. */

const skip = missingFor(CONTAINER_NEEDS) ?? false;
const READY_WITHIN_MS = 10_000;
const DATA = '/var/lib/wheelhouse';
const LATCH = '/var/lib/wheelhouse-guard/latch.json';
const SETTINGS = '/etc/wheelhouse/wheelhouse.yaml';
const HIDDEN = /EACCES|ENOENT/;
const NOT_WRITTEN = /EACCES|EROFS|ENOENT/;

const box = new Stage();
before(() => (skip === false ? box.prepare('trixie') : undefined));
after(() => box.end());

test('installed, it is ready within ten seconds, and orders would pass', { skip }, async (t) => {
  const began = performance.now();
  box.do(`dpkg -i ${box.first}`);
  const installed = performance.now() - began;
  await box.bothRun();
  const ready = performance.now() - began;
  t.diagnostic(`installed after ${Math.round(installed)} ms, READY after ${Math.round(ready)} ms`);
  assert.ok(ready <= READY_WITHIN_MS, `${ready} ms`);
  assert.match(box.show(AGENT, 'StatusText'), /^paper /);
  await box.until('orders would pass', () => box.show(GUARD, 'StatusText').startsWith('armed, orders pass'));
  assert.equal(box.light('fault'), '0');
  assert.match(box.do('wheelhouse code'), /^\w{4}-\w{4}$/);
});

test('services are users of their own, and no secret is in their journal', { skip }, () => {
  assert.equal(box.do(`stat -c '%U %a' ${DATA}`), 'wheelhouse 700');
  assert.equal(box.do(`stat -c '%U %a' ${DATA}-guard`), 'wheelhouse-guard 700');
  assert.equal(box.do('stat -c %U:%G:%a /etc/wheelhouse/limits.json'), 'root:root:644');
  assert.ok(!box.do(`journalctl -u ${AGENT} -o cat`).includes(box.do(`cat ${DATA}/page-token`)));
});

test('the doctor finds all of it well, and looks at books that nobody has open without leaving a trace', {
  skip,
}, async () => {
  const { out } = box.run('wheelhouse', 'doctor', '--json');
  const found = foundBy(out);
  for (const name of ['Broker', 'Guard', 'Page', 'Package', 'Store']) assert.match(found(name), /^ok /);
  assert.match(found('Store'), /is open in the agent/);
  assert.match(found('Package'), /package 0\.1\.0$/);
  const { out: others } = box.run('su', '-s', '/bin/sh', 'nobody', '-c', 'wheelhouse doctor --json');
  assert.match(foundBy(others)('Store'), /^warning not looked at: EACCES/);
  box.do(`systemctl stop ${AGENT}`);
  assert.match(foundBy(box.run('wheelhouse', 'doctor', '--json').out)('Store'), /^ok .* opens/);
  assert.equal(box.do(`find ${DATA} -user root; ls /tmp | grep wheelhouse-look || true`), '');
  box.do(`systemctl start ${AGENT}`);
  await box.bothRun();
});

test('the agent itself can neither read nor write what is the guard’s, nor its limits, nor homes', { skip }, () => {
  assert.match(box.reading(AGENT, `${DATA}-guard`), HIDDEN);
  assert.match(box.reading(AGENT, '/root'), HIDDEN);
  for (const path of [LATCH, `${DATA}-guard/journal.jsonl`, '/etc/wheelhouse/limits.json']) {
    assert.match(box.writing(AGENT, path), NOT_WRITTEN);
  }
  assert.match(box.writing(AGENT, '/usr/lib/wheelhouse/app/main.js'), NOT_WRITTEN);
  assert.equal(box.writing(AGENT, `${DATA}/probe`), '"written"');
});

test('the guard itself can neither read the books nor change its limits', { skip }, () => {
  assert.match(box.reading(GUARD, DATA), HIDDEN);
  assert.match(box.reading(GUARD, '/root'), HIDDEN);
  assert.match(box.writing(GUARD, '/etc/wheelhouse/limits.json'), NOT_WRITTEN);
  assert.equal(box.writing(GUARD, `${DATA}-guard/probe`), '"written"');
});

test('the guard goes before everything that is not real-time, and one that hangs leaves the board to others', {
  skip,
}, async () => {
  const pid = box.pidOf(GUARD);
  const policies = box.do(`for task in /proc/${pid}/task/*; do chrt -p $(basename $task); done`);
  assert.doesNotMatch(policies, /policy: (?!SCHED_FIFO)|priority: (?!10$)/m);
  box.evaluate(GUARD, 'for (;;) {}');
  for (let n = 0; n < 10; n += 1) box.do('wheelhouse --version');
  await box.until('the guard is back', () => box.isBack(GUARD, pid));
  await box.until('orders would pass', () => box.show(GUARD, 'StatusText').startsWith('armed, orders pass'));
});

test('the guard reads pins in its sandbox, and lets no order pass while it has none', { skip }, async () => {
  const config = '/etc/wheelhouse/guard.json';
  const says = (text: string) => box.until(`it says ${text}`, () => box.show(GUARD, 'StatusText').includes(text));
  const wired = (kind: string): void => {
    box.do(`sed -i 's/"switch": "[a-z]*"/"switch": "${kind}"/' ${config}`);
    box.restart(GUARD);
  };
  await says('there is no red switch');
  wired('gpio');
  await says('the red switch is unknown (this machine has no GPIO chip)');
  // Not a chip, but asked like one: the library that does it has been loaded.
  box.do('install -m 0660 -g gpio /dev/null /dev/gpiochip0');
  await says('there is /dev/gpiochip0 (ENOTTY)');
  box.do('rm /dev/gpiochip0');
  wired('none');
  await says('armed, orders pass');
});

test('every week a back-up is made, once its passphrase is sealed; restored by the administrator it is the agent’s, and halted', {
  skip,
}, async () => {
  const backups = `${DATA}/backups`;
  assert.equal(box.do('systemctl is-active wheelhouse-backup.timer wheelhouse-update.timer'), 'active\nactive');
  box.do('systemctl start wheelhouse-backup');
  assert.notEqual(box.run('test', '-e', backups).code, 0);
  const seal =
    'systemd-creds encrypt --with-key=host --name=wheelhouse-backup - /etc/credstore.encrypted/wheelhouse-backup';
  box.do(`mkdir -p /etc/credstore.encrypted && printf 'a horse, a staple' | tee /root/passphrase | ${seal}`);
  box.do('chmod 600 /root/passphrase && systemctl start wheelhouse-backup');
  const file = box.do(`ls ${backups}/*.wheelhouse`);
  assert.equal(box.do(`stat -c '%U %a' ${file}`), 'wheelhouse 600');
  assert.match(box.do('journalctl -u wheelhouse-backup -o cat'), /settings files of the running appliance.*read back/);
  const restore = `wheelhouse restore ${file} --passphrase-file /root/passphrase`;
  assert.match(box.run('sh', '-c', restore).err, /the appliance runs on .*: stop it first/);
  box.do(`systemctl stop ${AGENT} && ${restore}`);
  assert.equal(box.do(`find ${DATA} -user root`), '');
  box.do(`systemctl start ${AGENT}`);
  await box.bothRun();
  assert.match(box.do('wheelhouse status'), /^Trading halted .*: restored from the back-up of /m);
  await box.until('it is lifted', () => /active again/.test(box.run('wheelhouse', 'resume').out));
});

test('every evening the owner’s source is asked in a sandbox; what is newer is told of and not installed', {
  skip,
}, () => {
  box.do('mkdir -p /opt/source && cd /opt/source && dpkg-deb -f /root/wheelhouse_0.1.1_amd64.deb > Packages');
  box.do(`cd /opt/source && printf 'Filename: ./x.deb\\nSize: 1\\nSHA256: %064d\\n' 0 >> Packages`);
  box.do(`echo 'deb [trusted=yes] file:/opt/source ./' > /etc/apt/sources.list.d/wheelhouse.list`);
  box.do('systemctl start wheelhouse-update');
  const found = JSON.parse(box.do('cat /run/wheelhouse-update/update.json')) as Record<string, unknown>;
  assert.deepEqual([found.installed, found.available, found.newer], ['0.1.0', '0.1.1', true]);
  assert.match(
    box.evaluate(AGENT, `process.getBuiltinModule('fs').readFileSync('/run/wheelhouse-update/update.json', 'utf8')`),
    /0\.1\.1/,
  );
  box.do('rm /etc/apt/sources.list.d/wheelhouse.list');
});

test('an agent whose loop hangs is killed by the watchdog, lights the fault and comes back', { skip }, async () => {
  box.configure(AGENT, 'WatchdogSec=2');
  box.restart(AGENT);
  const hanging = box.pidOf(AGENT);
  box.evaluate(AGENT, 'for (;;) {}');
  await box.until('the fault light is lit', () => box.light('fault') === '1');
  assert.equal(box.do('cat /run/wheelhouse-ends/agent'), 'watchdog');
  assert.equal(box.light('trading'), '0');
  await box.until('it is back', () => box.isBack(AGENT, hanging));
  assert.equal(box.light('fault'), '0');
});

test('what was halted stays halted, whoever is started again', { skip }, async () => {
  box.do('wheelhouse halt --reason "the rig"');
  for (const unit of [AGENT, GUARD]) {
    const killed = box.pidOf(unit);
    box.do(`kill -KILL ${killed}`);
    await box.until('it is back', () => box.isBack(unit, killed));
  }
  assert.match(box.do('wheelhouse guard status'), /^tripped, .*: the rig/);
  assert.equal(JSON.parse(box.do(`cat ${LATCH}`)).state, 'tripped');
  assert.match(box.do('wheelhouse status || true'), /^Trading halted/m);
});

test('a guard that dies takes the agent neither down nor up', { skip }, async () => {
  const agent = box.pidOf(AGENT);
  const die = async (): Promise<void> => {
    const guard = box.pidOf(GUARD);
    box.do(`kill -KILL ${guard}`);
    await box.until('the guard is back', () => box.isBack(GUARD, guard));
  };
  await die();
  assert.equal(box.pidOf(AGENT), agent);
  box.do(`systemctl stop ${AGENT}`);
  await die();
  assert.equal(box.active(AGENT), false);
});

test('while nobody knows whether orders work it is not exchanged; forced, books and latch stay', { skip }, async () => {
  const latch = box.do(`cat ${LATCH}`);
  const version = (): string => box.do(`dpkg-query -W -f '\${Version} \${db:Status-Status}' wheelhouse`);
  const refused = box.run('dpkg', '-i', box.second);
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /no appliance answers.*\n.*not exchanged while orders work/);
  assert.equal(version(), '0.1.0 installed');
  box.do(`touch /run/wheelhouse-force && dpkg -i ${box.second} && rm /run/wheelhouse-force`);
  await box.bothRun();
  assert.equal(version(), '0.1.1 installed');
  assert.equal(box.do(`cat ${LATCH}`), latch);
  assert.equal(box.do(`cat ${DATA}/probe`), 'x');
});

test('a configuration that is wrong is told once, with the fault lit, and not tried again', { skip }, async () => {
  box.do(`systemctl reset-failed ${AGENT}; echo 'symbls: [SPY]' >> ${SETTINGS}; systemctl restart ${AGENT} || true`);
  await box.until('it has failed', () => box.show(AGENT, 'ActiveState') === 'failed');
  await box.until('the fault light is lit', () => box.light('fault') === '1');
  assert.equal(box.show(AGENT, 'NRestarts'), '0');
  assert.match(box.do(`journalctl -u ${AGENT} -o cat`), /symbls {2}is not a setting; nearest is "symbols"/);
  box.do(`sed -i '/^symbls/d' ${SETTINGS}`);
  box.restart(AGENT);
  assert.equal(box.light('fault'), '0');
});

test('sealed secrets reach the agent', { skip }, () => {
  const seal =
    'systemd-creds encrypt --with-key=host --name=wheelhouse-secrets - /etc/credstore.encrypted/wheelhouse-secrets';
  box.do(`mkdir -p /etc/credstore.encrypted && echo 'pageToken: from-the-vault' | ${seal}`);
  box.restart(AGENT);
  const found = JSON.parse(box.do(`cat ${DATA}/appliance.json`)) as { token: string };
  assert.equal(found.token, 'from-the-vault');
});

test('the lights of the overlay are driven by the agent in its sandbox, and are dark when it has been killed', {
  skip,
}, async () => {
  box.kernelLights();
  box.configure(AGENT, 'Environment=WHEELHOUSE_LEDS=/sys/class/leds');
  box.do(`cat /usr/share/wheelhouse/firmware/lights.yaml >> ${SETTINGS}`);
  box.restart(AGENT);
  const brightness = (name: string): string => box.do(`cat '/sys/class/leds/wheelhouse:${name}/brightness'`);
  // Halted it blinks.
  await box.until('the system light is lit', () => brightness('system') === '1');
  await box.until('and dark', () => brightness('system') === '0');
  await box.until('and lit again', () => brightness('system') === '1');
  box.do(`systemctl kill --signal=KILL ${AGENT}`);
  await box.until('the fault light is lit', () => brightness('fault') === '1');
  assert.equal(brightness('system'), '0');
  box.restart(AGENT);
  assert.equal(brightness('fault'), '0');
});

test('removed it leaves the books; purged it leaves them too, unless somebody says otherwise', { skip }, () => {
  box.do('dpkg -r wheelhouse');
  assert.equal(box.run('id', 'wheelhouse').code, 0);
  assert.equal(box.do(`cat ${DATA}/probe`), 'x');
  assert.match(box.run('dpkg', '--purge', 'wheelhouse').err, /its books stay in/);
  assert.equal(box.do(`cat ${DATA}/probe`), 'x');
  assert.notEqual(box.run('test', '-e', SETTINGS).code, 0);
  box.do(`dpkg -i ${box.second} && dpkg -r wheelhouse`);
  box.do('echo wheelhouse wheelhouse/purge-data boolean true | debconf-set-selections && dpkg --purge wheelhouse');
  assert.deepEqual(
    [DATA, `${DATA}-guard`].map((path) => box.run('test', '-e', path).code),
    [1, 1],
  );
});

function foundBy(json: string): (name: string) => string {
  const { checks } = JSON.parse(json) as { checks: { name: string; state: string; found: string }[] };
  const lines = new Map(checks.map(({ name, state, found }) => [name, `${state} ${found}`]));
  return (name) => lines.get(name) ?? 'nothing';
}
