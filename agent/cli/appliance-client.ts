import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Announcement, announced } from '../compose/appliance-file.ts';
import { tokenPath } from '../compose/page-token.ts';
import type { Settings } from '../config/schema.ts';
import type { Outcome } from '../edges/status/board.ts';
import { configurationOrExit } from './configuration.ts';

export interface ClientOptions {
  readonly config?: string;
  readonly folder?: string;
  readonly page?: string;
  readonly token?: string;
}

/** Where the demo keeps its data unless it is told otherwise. */
export const DEMO_FOLDER = 'data/demo';
const ANSWER_WITHIN_MS = 60_000;

/** Adds the options by which a command finds the running appliance. */
export function asking(command: Command): Command {
  return command
    .option('--config <file>', 'settings of the running appliance: where its page and its token are')
    .option('--folder <path>', 'data folder of a running demo, where it is not the usual one')
    .option('--page <address>', 'address of its page, like http://127.0.0.1:8080')
    .option('--token <token>', 'its token (default: WHEELHOUSE_TOKEN, else the one it has left in its data folder)');
}

/** What commands ask of the appliance that runs: through its page, like everybody else. */
export class ApplianceClient {
  readonly #page: string;
  readonly #token: string | null;

  constructor(page: string, token: string | null) {
    this.#page = page;
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#ask<T>(path, {});
  }

  /** What changes something. Resolves with the sentence that came back; rejects with it when it was not done. */
  async post(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const { done, text } = await this.steer(path, fields);
    if (!done) throw failure('NOT_DONE', text);
    return text;
  }

  /** As `post`, for whoever has more to say about what was not done. */
  async steer(path: string, fields: Readonly<Record<string, string>>): Promise<Outcome> {
    if (this.#token === null) {
      const text = 'the token is needed, and none has been left here for that address: --token, or WHEELHOUSE_TOKEN';
      throw failure('NO_TOKEN', text, 2);
    }
    const { message, done } = await this.#ask<{ message: string; done: boolean }>(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    return { done, text: message };
  }

  /** What is too much for one piece. */
  async *stream(path: string): AsyncGenerator<Buffer> {
    const response = await this.#fetch(new URL(path, this.#page), {
      headers: { authorization: `Bearer ${this.#token ?? ''}` },
      signal: null,
    });
    if (!response.ok || response.body === null) {
      const answer = (await response.json().catch(() => null)) as { error?: string } | null;
      throw failure('REFUSED', answer?.error ?? `the appliance answered ${response.status}`);
    }
    for await (const bytes of response.body) yield Buffer.from(bytes);
  }

  async #ask<T>(path: string, request: RequestInit): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token !== null) headers.authorization = `Bearer ${this.#token}`;
    const url = new URL(path, this.#page);
    const response = await this.#fetch(url, { ...request, headers });
    const answer = (await response.json().catch(() => null)) as (T & { error?: string }) | null;
    if (response.ok && answer !== null) return answer;
    throw failure('REFUSED', answer?.error ?? `${url.origin} answered ${response.status}: is that the appliance?`);
  }

  async #fetch(url: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...request });
    } catch (cause) {
      const late = (cause as Error).name === 'TimeoutError';
      const text = late
        ? `the appliance at ${url.origin} has not answered within ${ANSWER_WITHIN_MS / 1000} s`
        : `no appliance answers at ${url.origin}: is it running?`;
      throw failure('NO_ANSWER', text, 1, cause);
    }
  }
}

/** The appliance that runs on this machine, or the one that is named. */
export async function applianceClient(options: ClientOptions, command: Command): Promise<ApplianceClient> {
  const { settings } = await configurationOrExit(options.config ?? installedConfig(), command);
  const found = await runningAppliance(options, dirname(settings.store.path));
  if (options.folder !== undefined && options.page === undefined && found === null) {
    throw failure('NO_ANSWER', `no appliance runs in ${resolve(options.folder)}`);
  }
  const { page, token } = await pageOf(options, settings, found);
  try {
    return new ApplianceClient(new URL(page).href, token);
  } catch {
    throw failure('NO_ADDRESS', `"${page}" is no address: it must be like http://127.0.0.1:8080`, 2);
  }
}

/** Where the page of that appliance is asked, and with which token. */
export async function pageOf(
  options: ClientOptions,
  settings: Settings,
  found: Announcement | null,
): Promise<{ readonly page: string; readonly token: string | null }> {
  const { host, port } = settings.page;
  const page = options.page ?? found?.page ?? `http://${host}:${port}`;
  // The token of one appliance is nothing that another one should be told.
  const own = options.page === undefined || options.page === found?.page;
  const kept = own ? (found?.token ?? (await keptToken(settings.store.path))) : null;
  return { page, token: options.token ?? process.env.WHEELHOUSE_TOKEN ?? kept };
}

/** Settings of the appliance that is installed on this machine, where one is. */
export function installedConfig(): string | null {
  return process.env.WHEELHOUSE_CONFIG ?? null;
}

/** What a running appliance has said of itself: the box first, then the demo. */
export async function runningAppliance(options: ClientOptions, box: string): Promise<Announcement | null> {
  if (options.folder !== undefined) return announced(resolve(options.folder));
  const found = await announced(resolve(box));
  // Settings that are named are those of the appliance that is meant.
  return found ?? (options.config === undefined ? announced(resolve(DEMO_FOLDER)) : null);
}

export function failure(code: string, message: string, exitCode: 1 | 2 = 1, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code, exitCode });
}

async function keptToken(storePath: string): Promise<string | null> {
  try {
    return (await readFile(tokenPath(storePath), 'utf8')).trim() || null;
  } catch {
    return null;
  }
}
