import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from './origin.ts';
import { bearer } from './reading.ts';
import type { ServerContext } from './server-context.ts';

/** For `wheelhouse backup` on this machine, which seals it: everything that is stored, to whoever has the token. */
export function registerBackUp(server: FastifyInstance, { access, inquiries, log }: ServerContext): void {
  server.get('/api/back-up', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!isLoopback(request.ip.replace('::ffff:', '')))
      return reply.code(403).send({ error: 'only on the machine itself' });
    const token = bearer(request);
    if (token === null) return reply.code(401).send({ error: 'the token is needed' });
    const grant = access.check({ address: request.ip, sessionId: null, csrf: null, token });
    if (!grant.granted) return reply.code(grant.status).send({ error: grant.reason });
    access.end(grant.session);
    const broken = new AbortController();
    reply.raw.once('close', () => broken.abort(new Error('nobody wants it any more')));
    const bytes = inquiries.backUp(broken.signal);
    if (bytes === null) return reply.code(404).send({ error: 'nothing is kept on a disk here' });
    log.warn({}, 'a back-up was asked for');
    return reply.type('application/octet-stream').send(Readable.from(bytes, { objectMode: false }));
  });
}
