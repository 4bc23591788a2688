import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LOOPBACK } from './loopback.ts';

/** What the guard lets pass, whatever we ask of it. See `agent/guard/limits.ts`. */
export interface GuardLimits {
  /** `paper` = any paper account. */
  readonly account: string;
  readonly symbols: readonly string[];
  readonly secTypes: readonly string[];
  readonly ordersPerMinute: number;
  readonly ordersPerDay: number;
  readonly contractsPerOrder: number;
  readonly contractsPerDay: number;
  readonly notionalPerOrder: number;
  readonly notionalPerDay: number;
  readonly shortCalls: 'any' | 'covered';
}

export interface GuardWish {
  /** Keeps the guard's files; made when it is not there. */
  readonly folder: string;
  /** There was a guard before: a folder that is not there is one that somebody removed. */
  readonly wasSetUp: boolean;
  readonly gateway: { readonly host: string; readonly port: number };
  readonly limits: GuardLimits;
  /** A file that stands in for the red switch when it is not said. */
  readonly redSwitch?: 'file' | 'gpio' | 'none';
  readonly afterReset: 'active' | 'reducing';
  /** 0 = no limit. */
  readonly messagesPerSecond: number;
}

export interface GuardFiles {
  readonly config: string;
  readonly openSocket: string;
  /** From now on it listens there. */
  settle(port: number): void;
}

/** To the byte as agent/guard/latch.ts stores it. */
const FIRST_START = '{"state":"armed","cause":"first start","at":""}\n';
const REMOVED = `{"state":"tripped","cause":"the guard's folder was missing","at":""}\n`;
const GUARD_CLIENT_ID = 900;
const LONGEST_SOCKET_PATH = 100;

/** Everything that a guard of our own is told, in its folder. */
export function guardFiles(wish: GuardWish): GuardFiles {
  const folder = resolve(wish.folder);
  const isNew = !existsSync(folder);
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  write(at('limits.json'), wish.limits);
  // A new box begins armed. Later on a latch that is missing is one that somebody removed: that reads as tripped.
  if (isNew) writeFileSync(at('latch.json'), wish.wasSetUp ? REMOVED : FIRST_START);
  const kind = wish.redSwitch ?? 'file';
  if (kind === 'file' && !existsSync(at('contacts'))) writeFileSync(at('contacts'), '0 1\n');
  const isShort = at('admin.sock').length < LONGEST_SOCKET_PATH;
  const sockets = isShort ? folder : mkdtempSync(join(tmpdir(), 'wheelhouse-guard-'));
  const control = { open: join(sockets, 'open.sock'), admin: join(sockets, 'admin.sock') };
  const { gateway, afterReset, messagesPerSecond } = wish;
  const settle = (port: number): void =>
    write(at('guard.json'), {
      listen: { host: LOOPBACK, port },
      gateway: { ...gateway, clientId: GUARD_CLIENT_ID },
      ...{
        folder,
        limits: at('limits.json'),
        switch: kind,
        ...(kind === 'file' ? { contacts: at('contacts') } : {}),
        control,
        afterReset,
        messagesPerSecond,
      },
    });
  settle(0);
  return { config: at('guard.json'), openSocket: control.open, settle };
}

function write(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o644 });
}
