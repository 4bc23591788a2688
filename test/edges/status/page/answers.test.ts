import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDER, WHY } from '../inquiries-fixture.ts';
import { post, serverRig, TOKEN } from './rig.ts';

const PATHS = ['/api/status', '/api/orders', '/api/positions', '/api/books', '/api/why?symbol=TSLA'];

test('on this machine everybody may read, and what is read is never kept', async () => {
  const { server } = await serverRig();
  for (const path of PATHS) {
    const answer = await server.inject(path);
    assert.deepEqual([answer.statusCode, answer.headers['cache-control']], [200, 'no-store'], path);
  }
});

test('from elsewhere the token is needed to read, and a wrong one is counted', async () => {
  const { server } = await serverRig({ openToRead: false });
  for (const url of PATHS) {
    assert.equal((await server.inject(url)).statusCode, 401, url);
    const right = await server.inject({ url, headers: { authorization: `Bearer ${TOKEN}` } });
    assert.equal(right.statusCode, 200, url);
  }
  const wrong = { url: '/api/orders', headers: { authorization: 'Bearer guessed' } };
  const codes: number[] = [];
  for (let i = 0; i < 6; i += 1) codes.push((await server.inject(wrong)).statusCode);
  assert.deepEqual(codes, [401, 401, 401, 401, 401, 429]);
});

test('reading with the token leaves no session behind that would push out a browser', async () => {
  const { server } = await serverRig({ openToRead: false });
  const login = await post(server, '/login', { token: TOKEN });
  const cookie = String(login.headers['set-cookie']).split(';')[0] ?? '';
  for (let i = 0; i < 60; i += 1) {
    await server.inject({ url: '/api/status', headers: { authorization: `Bearer ${TOKEN}` } });
  }
  assert.equal((await server.inject({ url: '/api/status', headers: { cookie } })).statusCode, 200);
});

test('orders of today, or of all time', async () => {
  const { server, board } = await serverRig();
  const today = (await server.inject('/api/orders')).json();
  assert.deepEqual(today, { at: board.current.at, orders: [ORDER] });
  assert.equal((await server.inject('/api/orders?all=1')).json().orders.length, 2);
});

test('why asks for a symbol, and for a day that is one', async () => {
  const { server } = await serverRig();
  assert.deepEqual((await server.inject('/api/why?symbol=tsla')).json(), { decision: WHY });
  assert.deepEqual((await server.inject('/api/why?symbol=TSLA&day=2026-11-19')).json(), { decision: null });
  for (const query of ['', 'symbol=', 'symbol=../etc', 'symbol=TSLA&day=yesterday', 'symbol=TSLA&day=2026-02-30']) {
    const answer = await server.inject({ url: `/api/why?${query}`, headers: { accept: 'application/json' } });
    assert.equal(answer.statusCode, 400, query);
    assert.match(answer.json().error, /needed|must be a date/);
  }
});

test('comparing the books and resuming say who asked, and take the token', async () => {
  const { server, controls } = await serverRig();
  const accept = { accept: 'application/json' };
  assert.equal((await post(server, '/reconcile', {}, accept)).statusCode, 401);
  const headers = { ...accept, authorization: `Bearer ${TOKEN}` };
  await post(server, '/reconcile', {}, headers);
  await post(server, '/reconcile', { accept: 'yes' }, headers);
  await post(server, '/resume', {}, headers);
  await post(server, '/resume', { token: TOKEN }, accept);
  assert.deepEqual(controls.asked, [
    'reconcile by command line',
    'accept by command line',
    'resume by command line',
    'resume by page',
  ]);
});

test('the whole store goes to this machine only, and to whoever has the token, however open the page is', async () => {
  const { server } = await serverRig();
  const url = '/api/back-up';
  const headers = { authorization: `Bearer ${TOKEN}` };
  assert.equal((await server.inject(url)).statusCode, 401);
  assert.equal((await server.inject({ url, headers: { authorization: 'Bearer wrong' } })).statusCode, 401);
  assert.equal((await server.inject({ url, headers, remoteAddress: '192.168.1.7' })).statusCode, 403);
  const all = await server.inject({ url, headers });
  assert.deepEqual(
    [all.statusCode, all.headers['content-type'], all.body],
    [200, 'application/octet-stream', 'all the books'],
  );
});
