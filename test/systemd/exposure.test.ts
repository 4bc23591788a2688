import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packagedProgram } from '../packages.ts';
import { ROOT } from '../run-node.ts';

const UNITS = ['wheelhouse-guard.service', 'wheelhouse-agent.service'];
const TIMED = ['wheelhouse-backup', 'wheelhouse-update'];
/** Run as root, for one deed each. */
const ROOTS = ['wheelhouse-fault@', 'wheelhouse-poweroff'];
const WITH_DEVICES = 1.9;
const WITHOUT_DEVICES = 1.6;

/** What systemd itself thinks of a unit that is not installed: 0 = sealed, 10 = open. */
function exposure(analyse: string, unit: string, text: string, t: TestContext): number {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'units'));
  const path = join(folder, 'units', unit);
  writeFileSync(path, text);
  const { stdout } = spawnSync(analyse, ['security', '--offline=yes', '--no-pager', path], { encoding: 'utf8' });
  const found = /Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1];
  assert.ok(found, stdout);
  return Number(found);
}

function unitText(unit: string): string {
  return readFileSync(join(ROOT, 'systemd', unit), 'utf8');
}

test('each service is sealed as far as one that needs devices can be, and further where it needs none', (t) => {
  const analyse = packagedProgram(t, 'systemd', 'systemd-analyze');
  if (analyse === null) return;
  for (const unit of UNITS) {
    const text = unitText(unit);
    const sealed = text.replaceAll(/^DeviceAllow=.*\n/gm, '').replace('DevicePolicy=closed', 'PrivateDevices=yes');
    const open = exposure(analyse, unit, text, t);
    const closed = exposure(analyse, unit, sealed, t);
    t.diagnostic(`${unit}: ${open} with devices, ${closed} without`);
    assert.ok(open <= WITH_DEVICES, `${unit} ${open}`);
    assert.ok(closed <= WITHOUT_DEVICES, `${unit} ${closed} without devices`);
    const bare = text.replace(/\nCapabilityBoundingSet=[\s\S]*/, '\n');
    assert.ok(exposure(analyse, unit, bare, t) > WITH_DEVICES, 'the measure can tell the difference');
  }
});

test('what needs no devices is sealed as far as that allows, and what a timer starts is of a service that is there', (t) => {
  const analyse = packagedProgram(t, 'systemd', 'systemd-analyze');
  if (analyse === null) return;
  for (const name of [...TIMED, ...ROOTS]) {
    const found = exposure(analyse, `${name.replace('@', '@x')}.service`, unitText(`${name}.service`), t);
    t.diagnostic(`${name}.service: ${found}`);
    assert.ok(found <= WITHOUT_DEVICES, `${name} ${found}`);
  }
  for (const name of TIMED) {
    const [, when = ''] = /^OnCalendar=(.*)$/m.exec(unitText(`${name}.timer`)) ?? [];
    assert.equal(spawnSync(analyse, ['calendar', when]).status, 0, when);
  }
});

test('what V8 cannot live with is not asked for, and nothing ties the guard to a start of the agent', () => {
  for (const unit of [...UNITS, 'wheelhouse-backup.service']) {
    assert.doesNotMatch(unitText(unit), /MemoryDenyWriteExecute|ProcSubset/);
  }
  const guard = unitText('wheelhouse-guard.service');
  assert.doesNotMatch(guard, /agent\.service/);
  assert.doesNotMatch(unitText('wheelhouse-agent.service'), /^(Requires|BindsTo|PartOf|Upholds)=/m);
});
