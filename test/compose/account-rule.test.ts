import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountRule } from '../../agent/compose/account-rule.ts';

test('paper trading never touches an account with real money', () => {
  const rule = accountRule({ mode: 'paper', id: null });
  assert.equal(rule(['DU1234567']), null);
  assert.match(rule(['U1234567']) ?? '', /holds real money, but broker\.mode is paper/);
  assert.match(rule([]) ?? '', /named no account/);
});

test('live trading needs the very account of the configuration', () => {
  const rule = accountRule({ mode: 'live', id: 'U1234567' });
  assert.equal(rule(['U7654321', 'U1234567']), null);
  assert.match(rule(['U7654321']) ?? '', /does not manage the account U1234567/);
  assert.match(accountRule({ mode: 'live', id: null })(['DU1']) ?? '', /paper account, but broker\.mode is live/);
});
