import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Outcome, SCHEDULE_ACTIONS, type ScheduleCommand } from '../board.ts';
import type { Grant, Session } from './access.ts';
import { tokenDocument } from './document.ts';
import { isSameOrigin } from './origin.ts';
import { bearer } from './reading.ts';
import { sendHtml, sendTrouble, wantsJson } from './reply.ts';
import type { ServerContext } from './server-context.ts';
import { endedCookie, sessionCookie, sessionOf } from './session-cookie.ts';

type Action = '/login' | '/halt' | '/resume' | '/reconcile' | '/schedule' | '/code';

/** A sentence alone is about something that was done. */
type Work = (request: FastifyRequest) => Promise<string | Outcome>;

const LONGEST_REASON = 200;

/** What changes something: only by POST, from our own pages, by whoever brought the token. */
export function registerActions(server: FastifyInstance, context: ServerContext): void {
  const { access, controls, log } = context;
  act(server, context, '/halt', async (request) => {
    const reason = field(request, 'reason')
      ?.replace(/[^\x20-\x7e]/g, ' ')
      .slice(0, LONGEST_REASON);
    const source = reason ? sourceOf(request) : 'page';
    log.warn({ source }, 'halt asked for');
    return controls.halt(reason || 'pressed on the page', source);
  });
  act(server, context, '/resume', async (request) => {
    const source = sourceOf(request);
    log.warn({ source }, 'resume asked for');
    return controls.resume(source);
  });
  act(server, context, '/reconcile', async (request) => {
    const source = sourceOf(request);
    const accept = field(request, 'accept') === 'yes';
    log.warn({ source, accept }, 'a comparison of the books asked for');
    return controls.reconcile(accept, source);
  });
  act(server, context, '/schedule', async (request) => {
    const command = commandOf(request);
    if (command === null) return { done: false, text: 'That is not something the schedule knows.' };
    const source = sourceOf(request);
    log.warn({ source, ...command }, 'the schedule was told something');
    return controls.schedule(command, source);
  });
  act(server, context, '/code', async (request) => {
    log.warn({ source: sourceOf(request) }, 'a code for one more browser was asked for');
    return access.issueCode();
  });
  act(server, context, '/login', async () => 'This device may halt and resume now.');
  server.post('/logout', async (request, reply) => {
    const session = sessionOf(access, request.headers.cookie);
    if (session !== null && isSameOrigin(request.headers) && field(request, 'csrf') === session.csrf)
      access.end(session);
    return reply.header('set-cookie', endedCookie()).redirect('/', 303);
  });
}

function act(server: FastifyInstance, context: ServerContext, action: Action, work: Work): void {
  const { assets } = context;
  server.post(action, async (request, reply) => {
    if (!isSameOrigin(request.headers)) {
      return sendTrouble(request, reply, {
        assets,
        status: 403,
        title: 'Refused',
        text: 'This request came from another page.',
      });
    }
    const grant = context.access.check({
      address: request.ip,
      sessionId: sessionOf(context.access, request.headers.cookie)?.id ?? null,
      csrf: field(request, 'csrf'),
      token: bearer(request) ?? field(request, 'token'),
    });
    if (!grant.granted) return refuse(request, reply, { context, action, grant });
    if (grant.fresh) reply.header('set-cookie', sessionCookie(grant.session));
    const said = await work(request);
    const outcome = typeof said === 'string' ? { done: true, text: said } : said;
    return finish(request, reply, { session: grant.session, outcome });
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
  const { assets } = context;
  if (status === 429) reply.header('retry-after', '60');
  // What was wanted of the schedule would be lost on the way: it is asked for once more from the page.
  const again = action === '/halt' || action === '/resume' ? action : '/login';
  if (status !== 401 || wantsJson(request)) {
    return sendTrouble(request, reply, { assets, status, title: 'Refused', text: reason });
  }
  return sendHtml(request, reply.code(401), tokenDocument({ assets, action: again, reason }));
}

/** A form without script is sent back to the page, which then shows what came of it. */
async function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, outcome: { done, text } }: { session: Session; outcome: Outcome },
): Promise<FastifyReply> {
  if (wantsJson(request)) return reply.send({ message: text, done });
  session.notice = text;
  return reply.redirect('/', 303);
}

function commandOf(request: FastifyRequest): ScheduleCommand | null {
  const wanted = field(request, 'command');
  const action = SCHEDULE_ACTIONS.find((known) => known === wanted);
  const task = field(request, 'task');
  return action === undefined ? null : { action, task: task === '' ? null : task };
}

function field(request: FastifyRequest, name: string): string | null {
  const value = (request.body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value : null;
}

function sourceOf(request: FastifyRequest): string {
  return bearer(request) === null ? 'page' : 'command line';
}
