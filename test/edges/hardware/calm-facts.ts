import type { LightFacts } from '../../../agent/edges/hardware/lights.ts';

/** Trading, and nothing is wrong. */
export const CALM_FACTS: LightFacts = {
  running: true,
  mode: 'trading',
  trading: 'active',
  haltConfirmed: false,
  health: 'healthy',
  connectionsFailed: 0,
  brokerReady: true,
  guardOpen: true,
  research: 'off',
};
