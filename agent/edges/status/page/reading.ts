import type { FastifyRequest } from 'fastify';
import type { ServerContext } from './server-context.ts';
import { sessionOf } from './session-cookie.ts';

/** Why nothing is shown, or `null`: on this machine anybody may look; from elsewhere a session or the token is needed. */
export function mayRead(
  request: FastifyRequest,
  { access, openToRead }: Pick<ServerContext, 'access' | 'openToRead'>,
): { readonly status: number; readonly reason: string } | null {
  if (openToRead || sessionOf(access, request.headers.cookie) !== null) return null;
  const token = bearer(request);
  if (token === null) return { status: 401, reason: 'the token is needed' };
  const grant = access.check({ address: request.ip, sessionId: null, csrf: null, token });
  if (!grant.granted) return grant;
  access.end(grant.session);
  return null;
}

export function bearer(request: FastifyRequest): string | null {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
