import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { registerActions } from './actions.ts';
import { registerAnswers } from './answers.ts';
import type { Assets } from './assets.ts';
import { registerBackUp } from './back-up.ts';
import { statusDocument, tokenDocument } from './document.ts';
import { isOurHost } from './origin.ts';
import { sendHtml, sendTrouble, takesGzip, wantsJson } from './reply.ts';
import type { ServerContext } from './server-context.ts';
import { sessionOf } from './session-cookie.ts';

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Stricter, and browsers send "Origin: null" with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};
const ASK = 'Enter the token that was printed when Wheelhouse started, or the code that "wheelhouse code" has printed.';
const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';

/** No route has a schema. Saying so keeps two compilers unread: 30 ms of the start and 8 MiB. */
const WITHOUT_SCHEMAS = {
  schemaController: {
    compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
  },
} as unknown as Pick<FastifyServerOptions, 'schemaController'>;

export async function loadLibraries(): Promise<void> {
  await import('fastify');
}

/** The HTTP side of the page, not listening yet. */
export async function buildServer(context: ServerContext): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify');
  const server = fastify({ bodyLimit: 4096, forceCloseConnections: true, requestTimeout: 10_000, ...WITHOUT_SCHEMAS });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  registerErrors(server, context);
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (isOurHost(request.headers.host, context.hostNames)) return;
    const text = 'This page does not answer to that name.';
    if (wantsJson(request)) await reply.code(403).send({ error: text });
    else await reply.code(403).type('text/plain').send(`${text}\n`);
  });
  registerHealth(server, context);
  registerReads(server, context);
  registerAnswers(server, context);
  registerBackUp(server, context);
  registerActions(server, context);
  return server;
}

function registerReads(server: FastifyInstance, context: ServerContext): void {
  const { access, assets, board } = context;
  server.get('/', async (request, reply) => {
    const session = sessionOf(access, request.headers.cookie);
    if (session === null && !context.openToRead) {
      if (wantsJson(request)) return reply.code(401).send({ error: 'the token is needed' });
      return sendHtml(request, reply.code(401), tokenDocument({ assets, action: '/login', reason: ASK }));
    }
    const notice = session?.notice ?? '';
    if (session !== null) session.notice = '';
    const view = { snapshot: board.current, now: context.marketNow() };
    return sendHtml(request, reply, statusDocument({ view, assets, session, notice }));
  });
  server.get('/login', async (request, reply) => {
    return sendHtml(request, reply, tokenDocument({ assets, action: '/login', reason: ASK }));
  });
  server.get<{ Params: { name: string } }>('/ui/:name', async (request, reply) => {
    const { name } = request.params;
    if (!Object.hasOwn(assets, name)) return reply.callNotFound();
    const asset = assets[name as keyof Assets];
    const { v } = request.query as { v?: string };
    reply.header('cache-control', v === asset.version ? KEPT_FOR_EVER : 'no-cache').type(asset.type);
    reply.header('vary', 'accept-encoding');
    return takesGzip(request) ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.body);
  });
}

/** For whoever watches the appliance; without detail, because nobody has to say who he is. */
function registerHealth(server: FastifyInstance, { isReady }: ServerContext): void {
  server.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const ready = isReady();
    reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
    return reply.send({ status: ready ? 'ready' : 'not ready' });
  });
}

function registerErrors(server: FastifyInstance, { assets, log }: ServerContext): void {
  server.setNotFoundHandler(async (request, reply) => {
    const text = 'There is nothing at this address.';
    return sendTrouble(request, reply, { assets, status: 404, title: 'Not found', text });
  });
  server.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ error: error.message, stack: error.stack }, 'the page failed to answer');
    const text = status >= 500 ? 'Something failed inside. The log of the appliance says what.' : error.message;
    return sendTrouble(request, reply, { assets, status, title: 'That did not work', text });
  });
}
