import type { Light, Lights } from './light.ts';

/** What the three lights are decided from. */
export interface LightFacts {
  /** False while starting up, after the end, and whenever nobody looks after the market. */
  readonly running: boolean;
  readonly mode: 'trading' | 'research' | 'prep';
  readonly trading: 'active' | 'reducing' | 'halted';
  /** Whether the broker itself has shown that nothing works any more. Only read while halted. */
  readonly haltConfirmed: boolean;
  readonly health: 'healthy' | 'warning' | 'error';
  /** Of those that trading needs; one it can do without (MQTT) is a warning of `health`. */
  readonly connectionsFailed: number;
  readonly brokerReady: boolean;
  /** Whether the guard would let an order pass. */
  readonly guardOpen: boolean;
  readonly research: 'off' | 'running' | 'complete' | 'failed' | 'paused';
}

/**
 * The three lights of the box. Within one light no two colours share a pattern, so that each can be told apart without seeing
 * its colour; a light that is off says nothing at all.
 */
export function lightsOf(facts: LightFacts): Lights {
  return { system: systemLight(facts), trading: tradingLight(facts), research: researchLight(facts) };
}

function systemLight(facts: LightFacts): Light {
  if (facts.trading === 'halted') return haltedLight(facts);
  if (!facts.running) return off('stopped');
  if (facts.connectionsFailed > 0) return light('red', 'tripleFlash', 'connection failed');
  if (facts.health === 'error') return light('red', 'tripleFlash', 'error');
  if (facts.health === 'warning') return light('yellow', 'breathing', 'warning');
  return light('green', 'solid', 'healthy');
}

function tradingLight(facts: LightFacts): Light {
  if (facts.trading === 'halted') return haltedLight(facts);
  if (!facts.running) return off('stopped');
  if (facts.mode === 'research') return light('blue', 'breathing', 'idle');
  if (facts.trading === 'reducing') return light('yellow', 'tripleFlash', 'reducing');
  if (facts.mode === 'prep') return light('yellow', 'tripleFlash', 'pending');
  if (!facts.brokerReady) return light('yellow', 'tripleFlash', 'waiting for broker');
  if (!facts.guardOpen) return light('yellow', 'tripleFlash', 'guard closed');
  return light('green', 'solid', 'active');
}

function researchLight(facts: LightFacts): Light {
  if (!facts.running) return off('stopped');
  switch (facts.research) {
    case 'running':
      return light('blue', 'breathing', 'running');
    case 'complete':
      return light('green', 'solid', 'complete');
    case 'failed':
      return light('red', 'tripleFlash', 'failed');
    case 'paused':
      return light('yellow', 'blinking', 'paused');
    case 'off':
      return off('off');
  }
}

/** Shown on two lights and also when everything else has stopped: a halt is never hidden behind another state. */
function haltedLight(facts: LightFacts): Light {
  return facts.haltConfirmed ? light('red', 'blinking', 'halted') : light('red', 'fast', 'halted, UNCONFIRMED');
}

function light(colour: Light['colour'], pattern: Light['pattern'], meaning: string): Light {
  return { colour, pattern, meaning };
}

function off(meaning: string): Light {
  return light('off', 'solid', meaning);
}
