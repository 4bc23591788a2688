import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isDate } from '../../../core/calendar/time.ts';
import { mayRead } from './reading.ts';
import type { ServerContext } from './server-context.ts';

type Answer = (request: FastifyRequest) => unknown;

/** Wrong on the asker's side: told as it is. */
class Unanswerable extends Error {
  readonly statusCode = 400;
}

/** What programs read: the status and, on request, the rest of what the appliance knows. Nothing is changed by it. */
export function registerAnswers(server: FastifyInstance, context: ServerContext): void {
  const { board, inquiries } = context;
  const answer = (path: string, of: Answer): void => {
    server.get(path, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const refusal = mayRead(request, context);
      if (refusal !== null) return reply.code(refusal.status).send({ error: refusal.reason });
      return reply.send(await of(request));
    });
  };
  answer('/api/status', () => board.current);
  answer('/api/orders', (request) => ({
    at: board.current.at,
    orders: inquiries.orders(asked(request, 'all') === '1'),
  }));
  answer('/api/positions', () => ({ at: board.current.at, positions: inquiries.positions() }));
  answer('/api/books', () => inquiries.books());
  answer('/api/why', async (request) => {
    const symbol = asked(request, 'symbol') ?? '';
    const day = asked(request, 'day');
    if (!/^[A-Za-z][A-Za-z0-9.]{0,9}$/.test(symbol)) throw new Unanswerable('a symbol is needed, like SPY');
    if (day !== null && !isDate(day)) throw new Unanswerable('the day must be a date like 2026-11-20');
    return { decision: await inquiries.why(symbol.toUpperCase(), day) };
  });
}

function asked(request: FastifyRequest, name: string): string | null {
  const value = (request.query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
