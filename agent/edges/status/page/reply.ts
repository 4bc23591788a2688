import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Assets } from './assets.ts';
import { messageDocument } from './document.ts';
import type { Html } from './html.ts';

const compress = promisify(gzip);

export async function sendHtml(request: FastifyRequest, reply: FastifyReply, document: Html): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
  const text = document.toString();
  if (!takesGzip(request)) return reply.send(text);
  return reply
    .header('content-encoding', 'gzip')
    .header('vary', 'accept-encoding')
    .send(await compress(text));
}

export interface Trouble {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

/** What went wrong, as JSON for a script and as a page for a person. */
export async function sendTrouble(
  request: FastifyRequest,
  reply: FastifyReply,
  { assets, status, title, text }: Trouble & { readonly assets: Assets },
): Promise<FastifyReply> {
  reply.code(status);
  if (wantsJson(request)) return reply.header('cache-control', 'no-store').send({ error: text });
  return sendHtml(request, reply, messageDocument(assets, title, text));
}

export function takesGzip(request: FastifyRequest): boolean {
  return String(request.headers['accept-encoding'] ?? '').includes('gzip');
}

export function wantsJson(request: FastifyRequest): boolean {
  return String(request.headers.accept ?? '').includes('application/json');
}
