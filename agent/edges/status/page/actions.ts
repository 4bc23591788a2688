import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Grant, Session } from './access.ts';
import { messageDocument, tokenDocument } from './document.ts';
import { isSameOrigin } from './origin.ts';
import { sendHtml, wantsJson } from './reply.ts';
import type { ServerContext } from './server-context.ts';
import { endedCookie, sessionCookie, sessionOf } from './session-cookie.ts';

type Action = '/login' | '/halt' | '/resume';

/** What changes something: only by POST, from our own pages, by whoever brought the token. */
export function registerActions(server: FastifyInstance, context: ServerContext): void {
  const { access, controls, log } = context;
  act(server, context, '/halt', async () => {
    log.warn({ source: 'page' }, 'halt asked for');
    return controls.halt('pressed on the page', 'page');
  });
  act(server, context, '/resume', async () => {
    log.warn({ source: 'page' }, 'resume asked for');
    return controls.resume('page');
  });
  act(server, context, '/login', async () => 'This device may halt and resume now.');
  server.post('/logout', async (request, reply) => {
    const session = sessionOf(access, request.headers.cookie);
    if (session !== null && isSameOrigin(request.headers) && field(request, 'csrf') === session.csrf)
      access.end(session);
    return reply.header('set-cookie', endedCookie()).redirect('/', 303);
  });
}

function act(server: FastifyInstance, context: ServerContext, action: Action, work: () => Promise<string>): void {
  server.post(action, async (request, reply) => {
    if (!isSameOrigin(request.headers)) {
      return answer(request, reply, context, { status: 403, text: 'This request came from another page.' });
    }
    const grant = context.access.check({
      address: request.ip,
      sessionId: sessionOf(context.access, request.headers.cookie)?.id ?? null,
      csrf: field(request, 'csrf'),
      token: bearer(request) ?? field(request, 'token'),
    });
    if (!grant.granted) return refuse(request, reply, { context, action, grant });
    if (grant.fresh) reply.header('set-cookie', sessionCookie(grant.session));
    return finish(request, reply, { session: grant.session, text: await work() });
  });
}

interface Refusal {
  readonly context: ServerContext;
  readonly action: Action;
  readonly grant: Grant & { granted: false };
}

function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { context, action, grant }: Refusal,
): Promise<FastifyReply> {
  const { status, reason } = grant;
  if (status === 429) reply.header('retry-after', '60');
  if (status !== 401 || wantsJson(request)) return answer(request, reply, context, { status, text: reason });
  return sendHtml(request, reply.code(401), tokenDocument({ assets: context.assets, action, reason }));
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { assets }: ServerContext,
  { status, text }: Answer,
): Promise<FastifyReply> {
  reply.code(status);
  if (wantsJson(request)) return reply.send({ error: text });
  return sendHtml(request, reply, messageDocument(assets, 'Refused', text));
}

/** A form without script is sent back to the page, which then shows what came of it. */
async function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, text }: { session: Session; text: string },
): Promise<FastifyReply> {
  if (wantsJson(request)) return reply.send({ message: text });
  session.notice = text;
  return reply.redirect('/', 303);
}

function field(request: FastifyRequest, name: string): string | null {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : null;
}

function bearer(request: FastifyRequest): string | null {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
