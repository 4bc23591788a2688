import type { FastifyInstance } from 'fastify';
import { Access } from '../../../../agent/edges/status/page/access.ts';
import { loadAssets } from '../../../../agent/edges/status/page/assets.ts';
import { Page, type PageOptions } from '../../../../agent/edges/status/page/page.ts';
import { buildServer } from '../../../../agent/edges/status/page/server.ts';
import type { Clock } from '../../../../agent/edges/system/clock.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';
import { WRITTEN_INQUIRIES } from '../inquiries-fixture.ts';
import { SILENT, WrittenBoard, WrittenControls } from '../snapshot-fixture.ts';

export const TOKEN = 'correct-horse-battery';
const FILES = new URL('../../../../web-ui/', import.meta.url);

export interface ServerRig {
  readonly server: FastifyInstance;
  readonly board: WrittenBoard;
  readonly controls: WrittenControls;
  readonly clock: ManualClock;
}

/** The HTTP side of the page, asked without a socket. */
export async function serverRig(changes: { openToRead?: boolean; isReady?: () => boolean } = {}): Promise<ServerRig> {
  const board = new WrittenBoard();
  const controls = new WrittenControls(board);
  const clock = new ManualClock(Date.now());
  const server = await buildServer({
    board,
    controls,
    inquiries: WRITTEN_INQUIRIES,
    log: SILENT,
    access: new Access(TOKEN, clock),
    assets: await loadAssets(FILES),
    hostNames: ['wheelhouse.local'],
    openToRead: true,
    isReady: () => true,
    marketNow: () => board.current.at,
    ...changes,
  });
  return { server, board, controls, clock };
}

/** The whole page on a free port of this machine, about a written record. Not started. */
export function writtenPage(clock: Clock, changes: Partial<PageOptions> = {}): WrittenPage {
  const board = new WrittenBoard();
  const controls = new WrittenControls(board);
  const here = { host: '127.0.0.1', port: 0, token: TOKEN };
  const page = new Page({ board, controls, inquiries: WRITTEN_INQUIRIES, ...here, clock, log: SILENT, ...changes });
  return { page, board, controls };
}

export interface WrittenPage {
  readonly page: Page;
  readonly board: WrittenBoard;
  readonly controls: WrittenControls;
}

export interface Signed {
  readonly cookie: string;
  readonly csrf: string;
}

/** Enters the token once, as a browser does. */
export async function signIn(server: FastifyInstance): Promise<Signed> {
  const answer = await post(server, '/login', { token: TOKEN });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const page = await server.inject({ url: '/', headers: { cookie } });
  return { cookie, csrf: /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '' };
}

export function post(
  server: FastifyInstance,
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): ReturnType<FastifyInstance['inject']> &
  Promise<{ statusCode: number; body: string; headers: Record<string, unknown> }> {
  return server.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  }) as never;
}
