import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Light, Lights } from '../../../agent/edges/hardware/light.ts';
import { type LightFacts, lightsOf } from '../../../agent/edges/hardware/lights.ts';
import { CALM_FACTS } from './calm-facts.ts';

const MODES = ['trading', 'research', 'prep'] as const;
const STATES = ['active', 'reducing', 'halted'] as const;
const HEALTHS = ['healthy', 'warning', 'error'] as const;
const RESEARCH = ['off', 'running', 'complete', 'failed', 'paused'] as const;
const YES_NO = [true, false] as const;

function* everyCombination(): Generator<LightFacts> {
  for (const running of YES_NO)
    for (const mode of MODES)
      for (const trading of STATES)
        for (const haltConfirmed of YES_NO)
          for (const health of HEALTHS)
            for (const connectionsFailed of [0, 1, 3])
              for (const brokerReady of YES_NO)
                for (const guardOpen of YES_NO)
                  for (const research of RESEARCH)
                    yield {
                      ...{ running, mode, trading, haltConfirmed, health, connectionsFailed },
                      ...{ brokerReady, guardOpen, research },
                    };
}

const shown = (facts: Partial<LightFacts>, name: keyof Lights): string => {
  const { colour, pattern, meaning } = lightsOf({ ...CALM_FACTS, ...facts })[name];
  return `${colour} ${pattern}: ${meaning}`;
};

test('the system light tells health, and a halt before anything else', () => {
  assert.equal(shown({}, 'system'), 'green solid: healthy');
  assert.equal(shown({ health: 'warning' }, 'system'), 'yellow breathing: warning');
  assert.equal(shown({ health: 'error' }, 'system'), 'red tripleFlash: error');
  assert.equal(shown({ connectionsFailed: 1 }, 'system'), 'red tripleFlash: connection failed');
  assert.equal(shown({ trading: 'halted', haltConfirmed: true, health: 'error' }, 'system'), 'red blinking: halted');
  assert.equal(shown({ trading: 'halted' }, 'system'), 'red fast: halted, UNCONFIRMED');
  assert.equal(shown({ running: false }, 'system'), 'off solid: stopped');
});

test('the trading light tells what orders may do', () => {
  assert.equal(shown({}, 'trading'), 'green solid: active');
  assert.equal(shown({ mode: 'prep' }, 'trading'), 'yellow tripleFlash: pending');
  assert.equal(shown({ trading: 'reducing' }, 'trading'), 'yellow tripleFlash: reducing');
  assert.equal(shown({ brokerReady: false }, 'trading'), 'yellow tripleFlash: waiting for broker');
  assert.equal(shown({ guardOpen: false }, 'trading'), 'yellow tripleFlash: guard closed');
  assert.equal(shown({ mode: 'research' }, 'trading'), 'blue breathing: idle');
  assert.equal(shown({ trading: 'halted', haltConfirmed: true }, 'trading'), 'red blinking: halted');
  assert.equal(shown({ trading: 'halted' }, 'trading'), 'red fast: halted, UNCONFIRMED');
  assert.equal(shown({ running: false }, 'trading'), 'off solid: stopped');
});

test('the research light tells how the research goes', () => {
  assert.equal(shown({ research: 'running' }, 'research'), 'blue breathing: running');
  assert.equal(shown({ research: 'complete' }, 'research'), 'green solid: complete');
  assert.equal(shown({ research: 'failed' }, 'research'), 'red tripleFlash: failed');
  assert.equal(shown({ research: 'paused' }, 'research'), 'yellow blinking: paused');
  assert.equal(shown({}, 'research'), 'off solid: off');
  assert.equal(shown({ running: false, research: 'running' }, 'research'), 'off solid: stopped');
});

test('in every combination a halt is red on two lights, and never anything but a halt blinks red', () => {
  let combinations = 0;
  for (const facts of everyCombination()) {
    combinations += 1;
    const { system, trading } = lightsOf(facts);
    const pattern = facts.haltConfirmed ? 'blinking' : 'fast';
    for (const light of [system, trading]) {
      const halted = light.colour === 'red' && (light.pattern === 'blinking' || light.pattern === 'fast');
      assert.equal(halted, facts.trading === 'halted', JSON.stringify(facts));
      if (halted) assert.equal(light.pattern, pattern);
    }
  }
  assert.equal(combinations, 2 * 3 * 3 * 2 * 3 * 3 * 2 * 2 * 5);
});

test('in every combination green is only shown when nothing speaks against it', () => {
  for (const facts of everyCombination()) {
    const { system, trading } = lightsOf(facts);
    const well =
      facts.running && facts.trading !== 'halted' && facts.health === 'healthy' && facts.connectionsFailed === 0;
    assert.equal(system.colour === 'green', well, JSON.stringify(facts));
    const wayOut = facts.brokerReady && facts.guardOpen;
    const sells = facts.running && facts.trading === 'active' && facts.mode === 'trading' && wayOut;
    assert.equal(trading.colour === 'green', sells, JSON.stringify(facts));
  }
});

test('within one light no two colours share a pattern, and one look has one meaning per kind of state', () => {
  for (const name of ['system', 'trading', 'research'] as const) {
    const colourOf = new Map<string, string>();
    for (const facts of everyCombination()) {
      const light: Light = lightsOf(facts)[name];
      assert.notEqual(light.meaning, '');
      if (light.colour === 'off') continue;
      assert.equal(colourOf.get(light.pattern) ?? light.colour, light.colour, `${name}: ${light.pattern}`);
      colourOf.set(light.pattern, light.colour);
    }
    assert.ok(colourOf.size >= 4, name);
  }
});
