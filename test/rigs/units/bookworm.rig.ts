import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missingFor } from '../needs.ts';
import { AGENT, CONTAINER_NEEDS, GUARD, Stage } from './stage.ts';

/* The same package under the older systemd of Raspberry Pi OS Bookworm, which hands no socket over: it is reached through native code. */

const skip = missingFor(CONTAINER_NEEDS) ?? false;

const POWER_OFF = "process.getBuiltinModule('child_process').spawnSync('systemctl', ['poweroff']).stderr.toString()";
/** A little later, so that the answer gets out. */
const ASK_FOR_IT =
  "setTimeout(() => process.getBuiltinModule('fs').writeFileSync(process.env.RUNTIME_DIRECTORY + '/power-off', ''), 1500), 0";

const box = new Stage();
before(() => (skip === false ? box.prepare('bookworm') : undefined));
after(() => box.end());

test('before systemd 253 both services get ready all the same, and say what they do', { skip }, async () => {
  assert.match(box.do('systemctl --version'), /^systemd 252 /);
  box.do(`dpkg -i ${box.first}`);
  await box.bothRun();
  assert.equal(box.show(GUARD, 'NotifyAccess'), 'main');
  await box.until('orders would pass', () => box.show(GUARD, 'StatusText').startsWith('armed, orders pass'));
  assert.match(box.show(AGENT, 'StatusText'), /^paper /);
});

test('there too the weekly back-up is locked by what was sealed for it, and the timers are set', { skip }, () => {
  assert.equal(box.do('systemctl is-active wheelhouse-backup.timer wheelhouse-update.timer'), 'active\nactive');
  const vault = '/etc/credstore.encrypted';
  const seal = `systemd-creds encrypt --with-key=host --name=wheelhouse-backup - ${vault}/wheelhouse-backup`;
  box.do(`mkdir -p ${vault} && printf 'a horse, a staple' | ${seal} && systemctl start wheelhouse-backup`);
  assert.match(box.do('ls /var/lib/wheelhouse/backups'), /^wheelhouse-[-\d]+\.wheelhouse$/);
});

test('there too an agent whose loop hangs is killed by the watchdog and comes back; one that lives is left alone', {
  skip,
}, async () => {
  const guard = box.pidOf(GUARD);
  box.configure(AGENT, 'WatchdogSec=2');
  box.restart(AGENT);
  const hanging = box.pidOf(AGENT);
  box.evaluate(AGENT, 'for (;;) {}');
  await box.until('the fault light is lit', () => box.light('fault') === '1');
  assert.equal(box.do('cat /run/wheelhouse-ends/agent'), 'watchdog');
  await box.until('it is back', () => box.isBack(AGENT, hanging));
  assert.equal(box.pidOf(GUARD), guard, 'it has had to give several signs of life by now');
});

test('held for ten seconds the mode button powers the box off, though the agent itself has no right to', {
  skip,
}, async () => {
  assert.match(box.evaluate(AGENT, POWER_OFF), /denied|interactive authentication|not permitted|failed/i);
  assert.ok(box.active(AGENT));
  box.evaluate(AGENT, ASK_FOR_IT);
  await box.until('the box is off', () => box.isOff);
});
