import type { Clock, Timer } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Link, LinkState } from '../link.ts';
import { CODE } from './codes.ts';
import { LinkLog } from './link-log.ts';
import type { IbSettings } from './options.ts';
import { Session } from './session.ts';

/** A guard that was killed is back within a second: pauses must not add two more to that. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** A session that lived this long was a good one: the next failure starts with the shortest pause again. */
const PROVEN_MS = 30_000;

export interface SupervisorHooks {
  /** A new session is about to connect: everybody registers what they listen to. */
  readonly prepare: (session: Session) => void;
  /** It may be written to from now on. */
  readonly opened: (session: Session) => void;
  /** It may not any more. Always before the link is reported down. */
  readonly lost: (reason: string) => void;
  readonly changed: (link: Link) => void;
  /** One round trip; false when it stayed unanswered. */
  readonly beat: () => Promise<boolean>;
}

/** Keeps one session up: connects with a bound, tries again with growing pauses, notices a peer that fell silent. */
export class Supervisor {
  readonly #settings: IbSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #linkLog: LinkLog;
  readonly #hooks: SupervisorHooks;
  #link: Link;
  #session: Session | null = null;
  #timer: Timer | null = null;
  #wanted = false;
  #failures = 0;
  #nextIdSeen = false;
  #accounts: readonly string[] | null = null;
  #exchangeLost = false;
  #hint = '';

  constructor(settings: IbSettings, hooks: SupervisorHooks) {
    this.#settings = settings;
    this.#clock = settings.clock;
    this.#log = settings.log;
    this.#linkLog = new LinkLog(settings.log);
    this.#hooks = hooks;
    this.#link = { state: 'down', since: 0, reason: 'not started', accounts: [], serverVersion: null, dataLost: null };
  }

  get link(): Link {
    return this.#link;
  }

  /** Another attempt after one that failed, of which the log need not tell. */
  get isRetrying(): boolean {
    return this.#linkLog.isRetrying;
  }

  /** The session that questions may use, or null. */
  get session(): Session | null {
    return this.#link.state === 'ready' || this.#link.state === 'degraded' ? this.#session : null;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#failures = 0;
    this.#connect();
  }

  stop(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#drop('stopped');
  }

  /** What the broker said about the connection itself. */
  heard(code: number, text: string): void {
    switch (code) {
      case CODE.exchangeLost:
      case CODE.gatewayOffline:
        this.#exchangeLost = true;
        if (this.#link.state === 'ready') this.#become('degraded', `${code} ${text}`);
        return;
      case CODE.exchangeBack:
      case CODE.exchangeBackDataLost:
        this.#exchangeLost = false;
        if (this.#link.state === 'degraded') this.#become('ready', `${code} ${text}`);
        return;
      case CODE.clientIdInUse:
        this.#hint = `${code} ${text}`;
        return;
      case CODE.portChanged:
        this.fail(`${code} ${text}`);
    }
  }

  /** The session is of no use any more: connect again. */
  fail(reason: string): void {
    if (this.#session === null) return;
    const provenMs = this.#link.state === 'connecting' ? 0 : this.#clock.now() - this.#link.since;
    this.#failures = provenMs >= PROVEN_MS ? 1 : this.#failures + 1;
    this.#drop(reason);
    if (!this.#wanted) return;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    this.#timer = this.#clock.at(this.#clock.now() + pause, () => this.#connect());
  }

  #connect(): void {
    const { host, clientId, connectTimeoutMs } = this.#settings;
    const port = portOf(this.#settings);
    this.#nextIdSeen = false;
    this.#accounts = null;
    this.#exchangeLost = false;
    this.#hint = '';
    const session = new Session({ host, port, clientId }, this.#log);
    this.#session = session;
    this.#become('connecting', `${host}:${port}`);
    this.#timer = this.#clock.at(this.#clock.now() + connectTimeoutMs, () => {
      this.fail(`not ready within ${connectTimeoutMs} ms${this.#accounts === null ? '' : ', no next valid id came'}`);
    });
    this.#hooks.prepare(session);
    session.listen('nextValidId', () => {
      this.#nextIdSeen = true;
      this.#perhapsReady(session);
    });
    session.listen('managedAccounts', (accounts) => {
      this.#accounts = accounts.split(',').filter((account) => account !== '');
      this.#perhapsReady(session);
    });
    session.listen('disconnected', () => this.fail(this.#hint || 'the connection was closed'));
    session.listen('error', (error, code, id) => {
      if (id === -1 && this.#link.state === 'connecting') this.#hint = `${code} ${error.message}`;
    });
    session.open((reason) => this.fail(reason));
  }

  /** Not within the library's own turn: it only writes again after its listeners have returned. */
  #perhapsReady(session: Session): void {
    if (!this.#nextIdSeen || this.#accounts === null || this.#link.state !== 'connecting') return;
    queueMicrotask(() => {
      if (this.#session !== session || session.closed || this.#link.state !== 'connecting') return;
      this.#timer?.cancel();
      this.#hooks.opened(session);
      this.#become(this.#exchangeLost ? 'degraded' : 'ready', this.#exchangeLost ? 'exchange lost' : 'connected');
      this.#scheduleBeat(session, session.received);
    });
  }

  #scheduleBeat(session: Session, received: number): void {
    if (!Number.isFinite(this.#settings.heartbeatMs)) return;
    this.#timer = this.#clock.at(this.#clock.now() + this.#settings.heartbeatMs, () => {
      if (session.received > received) this.#scheduleBeat(session, session.received);
      else void this.#beat(session);
    });
  }

  async #beat(session: Session): Promise<void> {
    const alive = await this.#hooks.beat();
    if (this.#session !== session) return;
    if (alive) this.#scheduleBeat(session, session.received);
    else this.fail(`no answer within ${this.#settings.heartbeatTimeoutMs} ms`);
  }

  #drop(reason: string): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#session?.close();
    this.#session = null;
    this.#hooks.lost(reason);
    this.#become('down', reason);
  }

  #become(state: LinkState, reason: string): void {
    const up = state === 'ready' || state === 'degraded';
    this.#link = {
      state,
      since: this.#clock.now(),
      reason,
      accounts: up ? (this.#accounts ?? []) : [],
      serverVersion: up ? (this.#session?.serverVersion ?? null) : null,
      dataLost: null,
    };
    if (this.#wanted) this.#linkLog.changed(this.#link);
    else this.#linkLog.stopped(this.#link);
    this.#hooks.changed(this.#link);
  }
}

function portOf({ port }: IbSettings): number {
  return typeof port === 'number' ? port : port();
}
