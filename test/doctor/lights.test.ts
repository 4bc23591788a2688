import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { lookAtLights, mayWalk } from '../../agent/doctor/lights.ts';
import type { PageWord } from '../../agent/doctor/page.ts';
import { walkLights } from '../../agent/doctor/walk.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { snapshot } from '../edges/status/snapshot-fixture.ts';
import { madeUpBox } from './made-up-box.ts';
import { hardware } from './settings.ts';

const LED = '/sys/class/leds/wheelhouse:research';
const NOBODY: PageWord = { alive: false, ready: false, snapshot: null, trouble: 'ECONNREFUSED' };
const AGENT: PageWord = { alive: true, ready: true, snapshot: snapshot(), trouble: null };
const WIRED = hardware({
  lights: { system: [22, 17, 27], trading: [24], research: ['wheelhouse:research'] },
  strip: { kind: 'ws2812-pio', device: '/dev/leds0', leds: 3 },
});

function box(t: TestContext, files: object = {}) {
  const led = {
    [`${LED}/max_brightness`]: '255\n',
    [`${LED}/trigger`]: '[none] timer\n',
    [`${LED}/brightness`]: '0\n',
  };
  return madeUpBox(t, { chip: { label: 'pinctrl-rp1' }, files: { ...led, '/dev/leds0': '', ...files } });
}

/** Turns the clock on until the walk is over. */
async function walked(parts: Omit<Parameters<typeof walkLights>[0], 'clock' | 'tell'>, tell: (light: string) => void) {
  const clock = new ManualClock(0);
  let over = false;
  const finding = walkLights({ ...parts, clock, tell }).finally(() => {
    over = true;
  });
  while (!over) {
    await turn();
    clock.set(clock.now() + 50);
    while (clock.ring());
  }
  return finding;
}

test('walking lights each light and each colour alone, one after the other, and leaves all dark and free', async (t) => {
  const { box: here, port, chip } = box(t);
  const strip = { ...WIRED.strip, device: here.at('/dev/leds0') };
  const seen: string[] = [];
  const lit = () => {
    const lines = [22, 17, 27, 24].filter((line) => port.levelOf(chip, line) === 1);
    return [
      ...lines,
      ...(Number.parseInt(readFileSync(here.at(`${LED}/brightness`), 'latin1'), 10) > 0 ? ['led'] : []),
    ];
  };
  const told: string[] = [];
  const found = await walked({ box: here, hardware: { ...WIRED, strip }, seen: async () => true }, (light) => {
    // What the one before it has left behind.
    told.push(light);
    queueMicrotask(() => seen.push(`${light}: ${lit().join()}`));
  });
  assert.equal(found.state, 'ok', found.found);
  assert.deepEqual(seen.slice(0, 5), [
    'system red: 22',
    'system green: 17',
    'system blue: 27',
    'trading: 24',
    'research: led',
  ]);
  assert.deepEqual(told.slice(5), ['strip red', 'strip green', 'strip blue']);
  assert.deepEqual([lit(), port.openFiles, chip.lines[22]?.holder], [[], 0, null]);
  const bytes = readFileSync(here.at('/dev/leds0'));
  assert.ok(bytes.length >= 12 && bytes.subarray(-12).every((byte) => byte === 0));
});

test('what nobody saw is a warning, what did not light has failed, and what another holds is told with its holder', async (t) => {
  const { box: here, port, chip } = box(t);
  const only = hardware({ lights: { trading: [24] } });
  const walk = async (seen: boolean | null) =>
    (await walked({ box: here, hardware: only, seen: async () => seen }, () => undefined)).state;
  assert.deepEqual([await walk(true), await walk(null), await walk(false)], ['ok', 'warning', 'failed']);
  port.hold(chip, 24, 'wheelhouse-lights');
  const busy = await walked({ box: here, hardware: only, seen: async () => true }, () => assert.fail('lit'));
  assert.match(`${busy.state} ${busy.found}`, /^failed line 24 of pinctrl-rp1 is held by wheelhouse-lights/);
});

test('lights that the agent has are not walked: what they should show is told instead', async (t) => {
  const { box: here } = box(t);
  const free = await lookAtLights(here, WIRED, NOBODY);
  assert.deepEqual([free.state, mayWalk(free)], ['ok', true]);
  const agents = await lookAtLights(here, WIRED, AGENT);
  assert.deepEqual([agents.state, mayWalk(agents)], ['ok', false]);
  assert.match(agents.found, /should show system green .*trading green .*because the agent has them/);
  const failing = snapshot({ connections: [{ name: 'Lights', state: 'warning', detail: 'no permission', since: 0 }] });
  const trouble = await lookAtLights(here, WIRED, { ...AGENT, snapshot: failing });
  assert.match(`${trouble.state} ${trouble.found}`, /^failed .*lights: no permission/);
  const missing = await lookAtLights(here, hardware({ lights: { system: ['gone'] } }), NOBODY);
  assert.deepEqual(
    [missing.state, missing.found, mayWalk(missing)],
    ['failed', 'the kernel has no LED gone; system on gone; not walked', false],
  );
  assert.equal((await lookAtLights(here, hardware({}), NOBODY)).state, 'warning');
  assert.equal((await lookAtLights(madeUpBox(t).box, hardware({}), NOBODY)).state, 'ok');
});
