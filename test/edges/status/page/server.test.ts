import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halted, snapshot } from '../snapshot-fixture.ts';
import { post, serverRig, signIn, TOKEN } from './rig.ts';

test('the page is complete HTML without any script', async () => {
  const { server } = await serverRig();
  const { body, headers, statusCode } = await server.inject('/');
  assert.equal(statusCode, 200);
  assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  const facts = ['>demo<', 'Trading', '+112.35', '100,112.35', 'SPY 17 Apr 2026 635 put', '410.35', '12 s old', 'HALT'];
  const more = ['best score 61.2 is below 70', 'Monitor positions', 'retrying in 8 s', 'stale, 16 min old', 'healthy'];
  for (const text of [...facts, ...more]) assert.ok(body.includes(text), text);
  assert.ok(!body.includes('undefined') && !body.includes('NaN') && !body.includes('[object'));
  assert.doesNotMatch(body, /<script>| style=| onclick=/, 'nothing that the content policy forbids');
});

test('nothing on the board can become markup', async () => {
  const { server, board } = await serverRig();
  const evil = '<img src=x onerror=alert(1)>"\'&';
  board.change({
    version: evil,
    phase: evil,
    trading: { ...snapshot().trading, state: 'halted', reason: evil },
    alerts: [{ severity: 'critical', text: evil, raisedAt: 0 }],
    positions: snapshot().positions.map((position) => ({ ...position, key: evil, name: evil })),
    orders: snapshot().orders.map((order) => ({ ...order, name: evil, reason: evil, state: evil })),
    tasks: snapshot().tasks.map((task) => ({ ...task, title: evil, note: evil, name: evil })),
    decisions: snapshot().decisions.map((one) => ({
      ...one,
      name: evil,
      reasons: [evil],
      symbol: evil,
      strategy: evil,
    })),
    connections: snapshot().connections.map((one) => ({ ...one, name: evil, detail: evil })),
    data: snapshot().data.map((one) => ({ ...one, symbol: evil })),
  });
  const { body } = await server.inject('/');
  assert.ok(!body.includes('<img src=x'));
  assert.ok(body.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;'));
});

test('every answer carries the headers that keep strangers out', async () => {
  const { server } = await serverRig();
  for (const url of ['/', '/nowhere', '/api/status', '/ui/page.css', '/healthz']) {
    const { headers } = await server.inject(url);
    assert.match(String(headers['content-security-policy']), /default-src 'self'.*frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'same-origin');
  }
});

test('a halt needs the token, does nothing without it, and is done right after it', async () => {
  const { server, controls } = await serverRig();
  const asked = await post(server, '/halt', {});
  assert.equal(asked.statusCode, 401);
  assert.match(asked.body, /action="\/halt"/);
  assert.equal((await post(server, '/halt', { token: 'wrong' })).statusCode, 401);
  assert.deepEqual(controls.asked, []);
  const done = await post(server, '/halt', { token: TOKEN });
  assert.equal(done.statusCode, 303);
  assert.equal(done.headers.location, '/');
  assert.match(String(done.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
  assert.deepEqual(controls.asked, ['halt by page: pressed on the page']);
  const cookie = String(done.headers['set-cookie']).split(';')[0] ?? '';
  const after = await server.inject({ url: '/', headers: { cookie } });
  assert.match(after.body, /role="status">Halted\. No order works at the broker\./);
  assert.match(after.body, /data-trading="halted"/);
  assert.match(after.body, /role="alert"[^>]*><p class="halted">/);
  const again = await server.inject({ url: '/', headers: { cookie } });
  assert.ok(!again.body.includes('No order works'), 'said once');
});

test('with a session, halt and resume need the secret of its own forms', async () => {
  const { server, controls } = await serverRig();
  const { cookie, csrf } = await signIn(server);
  assert.equal((await post(server, '/halt', {}, { cookie })).statusCode, 403);
  assert.equal((await post(server, '/halt', { csrf: 'guess' }, { cookie })).statusCode, 403);
  assert.deepEqual(controls.asked, []);
  const json = { cookie, accept: 'application/json' };
  const answer = await post(server, '/halt', { csrf }, json);
  assert.deepEqual(JSON.parse(answer.body), { message: 'Halted. No order works at the broker.', done: true });
  assert.equal((await post(server, '/resume', { csrf }, { cookie })).statusCode, 303);
  assert.deepEqual(controls.asked, ['halt by page: pressed on the page', 'resume by page']);
});

test('another site can neither post nor be framed into it', async () => {
  const { server, controls } = await serverRig();
  const { cookie, csrf } = await signIn(server);
  const host = 'localhost:80';
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost:81' },
  ]) {
    assert.equal((await post(server, '/halt', { csrf, token: TOKEN }, { cookie, host, ...headers })).statusCode, 403);
  }
  assert.deepEqual(controls.asked, []);
  assert.equal((await post(server, '/halt', { csrf }, { cookie, host, origin: `http://${host}` })).statusCode, 303);
});

test('a name that somebody else pointed at the appliance is not answered', async () => {
  const { server } = await serverRig();
  const status = async (host: string): Promise<number> =>
    (await server.inject({ url: '/', headers: { host } })).statusCode;
  assert.equal(await status('evil.example:8080'), 403);
  for (const host of ['127.0.0.1:8080', '[::1]:8080', 'localhost', '192.168.1.7', 'wheelhouse.local:80']) {
    assert.equal(await status(host), 200, host);
  }
});

test('after five wrong tokens in a minute more wrong ones are turned away, and the right one still halts', async () => {
  const { server, clock, controls } = await serverRig();
  const tryWrong = (): ReturnType<typeof post> => post(server, '/halt', { token: 'wrong' });
  for (let attempt = 0; attempt < 5; attempt += 1) assert.equal((await tryWrong()).statusCode, 401);
  const shut = await tryWrong();
  assert.equal(shut.statusCode, 429);
  assert.equal(shut.headers['retry-after'], '60');
  assert.deepEqual(controls.asked, []);
  assert.equal((await post(server, '/halt', { token: TOKEN })).statusCode, 303);
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  assert.equal((await server.inject({ method: 'POST', url: '/halt', headers })).statusCode, 200);
  assert.equal(controls.asked.length, 2);
  assert.equal((await tryWrong()).statusCode, 429, 'the right token does not forgive the wrong ones');
  clock.set(clock.now() + 60_001);
  assert.equal((await tryWrong()).statusCode, 401);
});

test('a script may bring the token in its header', async () => {
  const { server, controls } = await serverRig();
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  const answer = await server.inject({ method: 'POST', url: '/halt', headers });
  assert.equal(answer.statusCode, 200);
  assert.equal(controls.asked.length, 1);
});

test('a code lets one browser in, once, however it is typed, and only while it is young', async () => {
  const { server, clock, controls } = await serverRig({ openToRead: false });
  const headers = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  const issue = async (): Promise<string> =>
    (await server.inject({ method: 'POST', url: '/code', headers })).json().message;
  const enter = async (token: string): Promise<number> => (await post(server, '/login', { token })).statusCode;
  assert.equal((await server.inject({ method: 'POST', url: '/code' })).statusCode, 401);
  const code = await issue();
  assert.match(code, /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
  assert.equal(await enter(` ${code.toLowerCase().replace('-', ' ')}`), 303);
  assert.equal(await enter(code), 401, 'it is used up');
  const [older, newer] = [await issue(), await issue()];
  assert.equal(await enter(older), 401);
  clock.set(clock.now() + 15 * 60_000);
  assert.equal(await enter(newer), 401);
  const late = await issue();
  for (let wrong = 0; wrong < 5; wrong += 1) await enter('guess');
  assert.equal(await enter(late), 429, 'guessing is as slow as with the token');
  assert.deepEqual(controls.asked, []);
});

test('a session ends when it is ended, and after thirty days without use', async () => {
  const { server, clock } = await serverRig();
  const first = await signIn(server);
  assert.equal((await post(server, '/logout', { csrf: first.csrf }, { cookie: first.cookie })).statusCode, 303);
  assert.equal((await post(server, '/halt', { csrf: first.csrf }, { cookie: first.cookie })).statusCode, 401);
  const second = await signIn(server);
  clock.set(clock.now() + 31 * 86_400_000);
  assert.equal((await post(server, '/halt', { csrf: second.csrf }, { cookie: second.cookie })).statusCode, 401);
});

test('beyond loopback nothing is shown without the token', async () => {
  const { server } = await serverRig({ openToRead: false });
  const closed = await server.inject('/');
  assert.equal(closed.statusCode, 401);
  assert.ok(!closed.body.includes('100,112.35'));
  assert.equal((await server.inject('/api/status')).statusCode, 401);
  const { cookie } = await signIn(server);
  assert.ok((await server.inject({ url: '/', headers: { cookie } })).body.includes('100,112.35'));
});

test('health tells nothing but whether it is well', async () => {
  const { server } = await serverRig({ isReady: () => false });
  const health = await server.inject('/healthz');
  assert.deepEqual([health.statusCode, health.body], [200, '{"status":"ok"}']);
  const ready = await server.inject('/readyz');
  assert.deepEqual([ready.statusCode, ready.body], [503, '{"status":"not ready"}']);
});

test('the record can be read as it is', async () => {
  const { server, board } = await serverRig();
  board.change(halted(true));
  assert.deepEqual((await server.inject('/api/status')).json(), JSON.parse(JSON.stringify(board.current)));
});

test('what is not there has a page of its own, also among the files', async () => {
  const { server } = await serverRig();
  for (const url of ['/nowhere', '/ui/__proto__', '/ui/live.ts', '/ui/..%2fpackage.json']) {
    const answer = await server.inject(url);
    assert.equal(answer.statusCode, 404, url);
    assert.match(answer.body, /<h1>Not found<\/h1>/);
  }
});

test('whoever asks for JSON gets JSON, also where something is wrong', async () => {
  const { server, controls } = await serverRig();
  const accept = 'application/json';
  const json = { accept, 'content-type': 'application/json' };
  const wrongs = [
    { status: 400, request: { method: 'POST', url: '/halt', headers: json, payload: '{' } },
    { status: 400, request: { method: 'POST', url: '/halt', headers: json, payload: '' } },
    { status: 413, request: { method: 'POST', url: '/halt', headers: json, payload: `"${'x'.repeat(10_000)}"` } },
    {
      status: 415,
      request: { method: 'POST', url: '/halt', headers: { accept, 'content-type': 'a/b' }, payload: 'x' },
    },
    { status: 401, request: { method: 'POST', url: '/halt', headers: json, payload: '{}' } },
    { status: 404, request: { method: 'GET', url: '/nowhere', headers: { accept } } },
    { status: 403, request: { method: 'GET', url: '/', headers: { accept, host: 'evil.example' } } },
  ] as const;
  for (const { status, request } of wrongs) {
    const answer = await server.inject(request);
    assert.equal(answer.statusCode, status);
    assert.match(String(answer.headers['content-type']), /^application\/json/, `${status} ${request.url}`);
    assert.equal(typeof answer.json().error, 'string');
  }
  assert.deepEqual(controls.asked, []);
  const closed = await serverRig({ openToRead: false });
  const page = await closed.server.inject({ url: '/', headers: { accept } });
  assert.deepEqual([page.statusCode, Object.keys(page.json())], [401, ['error']]);
});

test('a bad form from a browser gets a page', async () => {
  const { server } = await serverRig();
  const headers = { accept: 'text/html', 'content-type': 'application/json' };
  const answer = await server.inject({ method: 'POST', url: '/halt', headers, payload: '{' });
  assert.equal(answer.statusCode, 400);
  assert.match(answer.body, /<h1>That did not work<\/h1>/);
});

test('a form that is too long is refused', async () => {
  const { server, controls } = await serverRig();
  assert.equal((await post(server, '/halt', { token: 'x'.repeat(10_000) })).statusCode, 413);
  assert.deepEqual(controls.asked, []);
});

test('the whole first visit stays below 30 kB, and files are kept by their version', async () => {
  const { server } = await serverRig();
  const page = await server.inject('/');
  const addresses = [...page.body.matchAll(/(?:href|src)="(\/ui\/[^"]+)"/g)].map(([, address]) => address ?? '');
  let bytes = 0;
  for (const url of new Set(['/', ...addresses])) {
    const answer = await server.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(answer.headers['content-encoding'], 'gzip');
    if (url !== '/') assert.match(String(answer.headers['cache-control']), /immutable/);
    bytes += answer.rawPayload.length;
  }
  assert.ok(bytes < 16_000, `${bytes} bytes`);
});
