import { newYorkText } from '../calendar/new-york.ts';
import { daysUntil, lastTradeAt } from '../market/settlement.ts';
import type { RiskRule } from './facts.ts';

export const tradingStateRule: RiskRule = ({ facts, closing }) => {
  const state = facts.tradingState;
  if (state === null) return 'the trading state is not known';
  if (state.state === 'halted') return `trading is halted: ${state.reason}`;
  if (state.state === 'reducing' && !closing) return `only closing orders are allowed: ${state.reason}`;
  return null;
};

export const sessionRule: RiskRule = ({ facts, intent }) => {
  const { session, now } = facts;
  if (session === null) return 'the exchange has no session today, or the calendar does not know';
  if (intent.tradingDay !== session.date) return `decided for ${intent.tradingDay}, but the session is ${session.date}`;
  if (now < session.open) return `the session opens at ${newYorkText(session.open)}`;
  return now < session.close ? null : `the session closed at ${newYorkText(session.close)}`;
};

export const expirationRule: RiskRule = ({ facts, intent }) => {
  const { instrument } = intent;
  if (instrument.kind !== 'option') return null;
  if (daysUntil(instrument.expiration, facts.now) < 0) return `expired on ${instrument.expiration}`;
  const last = lastTradeAt(instrument.expiration);
  if (last === null) return `the exchange is closed on its expiration ${instrument.expiration}`;
  return facts.now < last ? null : `its last trade was at ${newYorkText(last)}`;
};
