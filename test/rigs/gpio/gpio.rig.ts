import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { money } from '../../../agent/core/market/money.ts';
import type { Light, Lights } from '../../../agent/edges/hardware/light.ts';
import { lightsIn } from '../../../agent/edges/hardware/light-views.ts';
import type { StatusSnapshot } from '../../../agent/edges/status/snapshot.ts';
import { optionConId } from '../../../agent/lab/exchange/con-id.ts';
import { snapshot } from '../../edges/status/snapshot-fixture.ts';
import { MACHINE_NEEDS } from '../machine/boot.ts';
import { debianKernel } from '../machine/kernel.ts';
import { missingAfter, missingFor } from '../needs.ts';
import { Box } from './box.ts';
import { gpioSimModule, MODULE_NEEDS } from './gpio-sim.ts';
import { BOUNCING, CONTACTS, EXCHANGE_PORT, GUARD_PORT, GuardThere, SOCKETS, TAP_PORT } from './red-switch.ts';

/* Lines, switch, lights and button on the chips of the kernel, simulated by itself. One story on one machine. */

const skip =
  missingFor({ ...MACHINE_NEEDS, ...MODULE_NEEDS }) ??
  missingAfter(() => gpioSimModule(debianKernel('amd64'))) ??
  false;

/** Labels of the header's chip, and how many lines it has. */
const BOARDS = {
  'pinctrl-bcm2835': 54,
  'pinctrl-bcm2711': 58,
  'pinctrl-rp1': 54,
} as const;
const [LAST, LAST_LINES] = Object.entries(BOARDS).at(-1) ?? ['', 0];
const NOBODY = 65_534;
const BUTTON = 4;
const PRESS_MS = 150;
const WIRES = { system: [17, 27, 22], trading: [23, 24, 25], research: [16, 20, 21] };
const WIRED = { lights: WIRES, button: { line: BUTTON } };
const LINES = Object.values(WIRES).flat();
const SYSTEM_GREEN = 27;
const DARK = '0'.repeat(LINES.length);
/** Red, green, blue. */
const PICTURE: Readonly<Record<Light['colour'], string>> = {
  ...{ off: '000', green: '010', yellow: '110', red: '100', blue: '001' },
};
const LIT = { system: light('green', 'solid'), trading: light('yellow', 'blinking'), research: light('blue', 'fast') };
const SHOWN_WITHIN_MS = 100;
const ENDED_WITHIN_MS = 2_000;
/** Longer than a light that flashes is dark. */
const PATTERN_MS = 1_200;
/** Longer than one that blinks is dark. */
const BLINK_MS = 600;
const PICTURE_MS = 50;

/** Below the market; an order to sell it for more than it can be worth works until it is cancelled. */
const SPY_PUT = optionConId({ symbol: 1, expiration: '2026-12-18', strike: money(500), right: 'P' });
const PAGE = 'http://127.0.0.1:8080/api/status';
const AGENT = {
  broker: { port: GUARD_PORT, guard: { socket: SOCKETS.open } },
  symbols: ['SPY'],
  store: { path: '/run/agent/store' },
  page: { port: 8080 },
  log: { path: '/run/agent.log' },
  hardware: WIRED,
};

const box = new Box();
const guard = new GuardThere(box);

before(() => (skip === false ? box.boot() : undefined));
after(() => box.stop());

test('lines of the kernel itself keep the contract that the simulated ones keep', { skip }, async (t) => {
  const facts = await box.do('contract', '/app/rig/contract.js');
  for (const { name, trouble } of facts) await t.test(name, () => assert.equal(trouble, null));
  assert.ok(facts.length >= 7, `${facts.length} facts`);
});

test('on a machine without a chip', { skip }, async (t) => {
  await box.do('listen', { port: TAP_PORT, exchange: EXCHANGE_PORT });
  const args = ['/app/main.js', 'exchange', '--port', String(EXCHANGE_PORT)];
  await Promise.all([guard.start(), box.do('start', { name: 'exchange', args, ready: 'market time' })]);
  await t.test('the guard lets nothing pass and says why', () => nothingPasses(/this machine has no GPIO chip/));
  await t.test('the panel says it of lights and button', async () => {
    const reason = 'this machine has no GPIO chip';
    assert.equal(await wire(), `Lights warning: ${reason}; Button warning: ${reason}`);
  });
});

test('where only other chips are there', { skip }, async (t) => {
  await box.do('appear', { label: 'pinctrl-other', lines: 54 });
  const reason = /no chip is labelled pinctrl-bcm2835 or .*; there is somebody-else, pinctrl-other/;
  await t.test('the guard names what it sought and what it found', () => nothingPasses(reason));
  await t.test('the panel names it too', async () => assert.match(await wire(), reason));
  await guard.end();
  await box.do('disappear');
});

for (const [label, lines] of Object.entries(BOARDS)) {
  test(label, { skip }, async (t) => {
    await box.do('appear', { label, lines });
    await box.do('drive', CONTACTS.normal);
    await theSwitch(t);
    await theLights(t, label);
    await box.do('disappear');
  });
}

async function theSwitch(t: TestContext): Promise<void> {
  await t.test('orders pass as soon as the guard has its lines, and they are normal', async () => {
    await guard.start();
    assert.equal((await guard.passes()).contacts, 'normal');
  });
  for (const state of ['pressed', 'broken', 'shorted'] as const) {
    await t.test(`${state}: it trips, and the bytes that cancel everything go out`, async (each) => {
      const ms = await box.do('cancelAfter', CONTACTS[state]);
      each.diagnostic(`cancelled after ${ms.toFixed(1)} ms`);
      const { state: latch, contacts } = await guard.until(
        'it is named',
        ({ cause }) => cause === `red switch: ${state}`,
      );
      assert.deepEqual([latch, contacts], ['tripped', state]);
    });
    await t.test(
      `${state}: while it is so nothing is reset; let go, nothing passes before it is reset and armed`,
      async () => {
        assert.equal(await guard.tell('reset'), `the red switch is ${state}`);
        await box.do('drive', CONTACTS.normal);
        await guard.until('it is let go', ({ contacts }) => contacts === 'normal');
        assert.equal((await guard.status()).state, 'tripped');
        await guard.rearm();
      },
    );
  }
  await t.test('contacts that bounce trip once', async (each) => {
    const before = await guard.trips();
    const longest = await box.do('bounce', BOUNCING);
    each.diagnostic(`changes at most ${longest.toFixed(1)} ms apart`);
    await guard.until('it is named', ({ cause }) => cause === 'red switch: pressed');
    assert.equal(await guard.trips(), before + 1);
  });
  await t.test('the guard ends at once when it is told to, with its lines listened to', async (each) => {
    const { how, ms } = await guard.end();
    each.diagnostic(`ended after ${ms} ms`);
    assert.equal(how, '0');
    assert.ok(ms <= ENDED_WITHIN_MS, `${ms} ms`);
  });
}

async function theLights(t: TestContext, label: string): Promise<void> {
  await t.test('lights and button are found by the label', async () => {
    assert.equal(await wire(), `Lights ok: lines ${LINES.join(', ')}; Button ok: line ${BUTTON} of ${label}`);
  });
  await t.test('lights follow what they are told at once', async (each) => {
    const tries: number[] = [];
    for (const level of [1, 0, 1] as const) {
      const lights = { ...LIT, system: light(level === 1 ? 'green' : 'red', 'solid') };
      tries.push(await box.do('show', { lights, line: SYSTEM_GREEN, level }));
    }
    each.diagnostic(`after ${tries.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    // The machine may be busy with something else in between.
    assert.ok(Math.min(...tries) <= SHOWN_WITHIN_MS);
  });
  await t.test('each light has its colour and pattern on its lines', async () => {
    shows(LIT, await box.do('pictures', { lines: LINES, ms: BLINK_MS }));
  });
  await t.test('a short press of the button turns to the next view', async () => {
    await box.do('drive', [[BUTTON, 0]]);
    await pause(PRESS_MS);
    await box.do('drive', [[BUTTON, null]]);
    const { system, trading } = lightsIn('connections', snapshot());
    const picture = (): Promise<string[]> =>
      box.do('pictures', { lines: [...WIRES.system, ...WIRES.trading], ms: BLINK_MS });
    await box.until(
      'the view turns',
      picture,
      (seen) => seen.join() === PICTURE[system.colour] + PICTURE[trading.colour],
    );
  });
  await t.test('it is dark when it has ended, and somebody else may have its lines', async () => {
    await box.do('unwire');
    assert.deepEqual(await box.do('pictures', { lines: LINES, ms: PICTURE_MS }), [DARK]);
    await box.do('hold', { label, line: BUTTON });
  });
  await t.test('while somebody else has the button, there are the lights alone', async () => {
    const busy = `Button warning: line ${BUTTON} of ${label} is held by somebody`;
    assert.equal(await wire(), `Lights ok: lines ${LINES.join(', ')}; ${busy}`);
    await box.do('unwire');
    await box.do('letGo');
  });
}

test('an agent that turns in circles with its orders at work', { skip }, async (t) => {
  await box.do('appear', { label: LAST, lines: LAST_LINES });
  await box.do('drive', CONTACTS.normal);
  await guard.start();
  await guard.passes();
  await box.do('start', { name: 'circles', args: ['/app/rig/agent.js', String(GUARD_PORT), String(SPY_PUT), 'loop'] });
  t.after(() => box.do('end', { name: 'circles', signal: 'SIGKILL' }));
  await threeOrders('work', 'Submitted');
  await t.test('a press cancels them all, without a word of the agent', async (each) => {
    const ms = await box.do('cancelAfter', CONTACTS.pressed);
    each.diagnostic(`cancelled after ${ms.toFixed(1)} ms`);
    await threeOrders('are cancelled', 'Cancelled');
    await guard.until('it is confirmed', ({ halted, working }) => halted === 'confirmed' && working?.length === 0);
  });
  await box.do('end', { name: 'circles', signal: 'SIGKILL' });
  await guard.rearm();
});

test('the whole agent', { skip }, async (t) => {
  await box.do('write', { '/run/agent.yaml': JSON.stringify(AGENT) });
  const args = ['/app/main.js', 'run', '--config', '/run/agent.yaml', '--quiet'];
  const said = await box.do('start', { name: 'agent', args, ready: 'Ready.' });
  assert.match(said, /Ready\./);
  await t.test('its lights are on the lines as they are on the page', async () => {
    await box.until('the broker is ready', shown, ({ lights: { trading } }) => trading.meaning === 'active');
    await showsAsOnPage();
  });
  await t.test('a press on a stopped process cancels', async (each) => {
    await box.do('signal', { name: 'agent', signal: 'SIGSTOP' });
    const ms = await box.do('cancelAfter', CONTACTS.pressed);
    each.diagnostic(`cancelled after ${ms.toFixed(1)} ms`);
  });
  await t.test('and when it goes on, its lights say that it is halted', async () => {
    await box.do('signal', { name: 'agent', signal: 'SIGCONT' });
    const { lights } = await box.until('it knows', shown, ({ trading: { state } }) => state === 'halted');
    assert.equal(lights.system.colour, 'red');
    await showsAsOnPage();
  });
  await guard.end();
  await box.do('drive', [...CONTACTS.normal, [BUTTON, 0]]);
});

test('a line of the switch that somebody else holds', { skip }, async (t) => {
  await box.do('hold', { label: LAST, line: 6 });
  await guard.start();
  await t.test('the guard lets nothing pass and names who holds it', () => {
    return nothingPasses(new RegExp(`line 6 of ${LAST} is held by somebody`));
  });
  await box.do('letGo');
  await t.test('and takes it when it is given back', async () => {
    await guard.until('it is read', ({ contacts }) => contacts === 'normal');
  });
  await guard.end();
});

test('without permission for the chip', { skip }, async (t) => {
  await guard.start(NOBODY);
  await t.test('the guard lets nothing pass and says which group may', () => {
    return nothingPasses(/no permission for \/dev\/gpiochip\d; its group is gpio/);
  });
  await guard.end();
});

test('held for ten seconds, the button has ended the agent in order, and it left no light', { skip }, async () => {
  assert.equal((await box.do('end', { name: 'agent', signal: null })).how, '0');
  assert.deepEqual(await box.do('pictures', { lines: LINES, ms: PICTURE_MS }), [DARK]);
});

/** All that were ever seen, as the exchange tells of them. */
function threeOrders(what: string, status: string): Promise<unknown> {
  const holds = (all: Readonly<Record<string, string>>): boolean =>
    Object.values(all).join() === [status, status, status].join();
  return box.until(`three orders ${what}`, () => box.do('orders'), holds);
}

/** What the page says. */
async function shown(): Promise<Pick<StatusSnapshot, 'lights' | 'trading'>> {
  return (await box.do('fetch', PAGE)) as StatusSnapshot;
}

/** The state of the agent may change while its lights are looked at. */
async function showsAsOnPage(): Promise<void> {
  const look = async (): Promise<{ before: Lights; pictures: readonly string[]; after: Lights }> => {
    const before = (await shown()).lights;
    const pictures = await box.do('pictures', { lines: LINES, ms: PATTERN_MS });
    return { before, pictures, after: (await shown()).lights };
  };
  const still = await box.until('it stays as it is', look, ({ before, after }) => isDeepStrictEqual(before, after));
  shows(still.before, still.pictures);
}

/** As red, green and blue of each light. One that breathes is dark for longer than we look. */
function shows(lights: Lights, pictures: readonly string[]): void {
  for (const [index, name] of (['system', 'trading', 'research'] as const).entries()) {
    const { colour, pattern } = lights[name];
    const seen = new Set(pictures.map((picture) => picture.slice(index * 3, index * 3 + 3)));
    const wanted = new Set([PICTURE[colour], ...(colour !== 'off' && pattern !== 'solid' ? [PICTURE.off] : [])]);
    const told = `${name} ${colour} ${pattern}: ${[...seen].join(' ')}`;
    if (pattern === 'breathing') assert.ok(seen.isSubsetOf(wanted), told);
    else assert.deepEqual(seen, wanted, told);
  }
}

function light(colour: Light['colour'], pattern: Light['pattern']): Light {
  return { colour, pattern, meaning: 'the rig' };
}

/** What the panel says of its parts, with the state that the page shows. */
async function wire(): Promise<string> {
  return (await box.do('wire', WIRED)).join('; ');
}

/** Whatever a person does who holds the switch for released. */
async function nothingPasses(reason: RegExp): Promise<void> {
  const { closed } = await guard.until('it says why', ({ switchTrouble }) => reason.test(switchTrouble ?? ''));
  assert.match(closed ?? 'orders pass', reason);
}
