import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from './appliance-client.ts';

/** What the unit files call it: `systemd-creds encrypt --name=wheelhouse-backup`. */
const CREDENTIAL = 'wheelhouse-backup';
const SHORTEST = 12;
const OTHERS_MAY_READ = 0o077;

export interface Asked {
  /** A file that is named. */
  readonly file: string | undefined;
  /** For a new back-up: typed twice, and long enough. */
  readonly fresh: boolean;
}

/** A terminal, as far as it is needed. */
export interface Terminal {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Buffer) => void): unknown;
  off(event: 'data', listener: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface Answers {
  readonly terminal: Terminal;
  readonly write: (text: string) => unknown;
  /** Where systemd has put what was sealed for this service. */
  readonly credentials: string | null;
}

/** From the file, else from the service's credential, else typed without being shown. */
export async function passphrase({ file, fresh }: Asked, answers: Answers): Promise<string> {
  const { credentials, terminal } = answers;
  const sealed = credentials === null ? null : join(credentials, CREDENTIAL);
  if (file !== undefined) return long(await fromFile(file, true), fresh);
  if (sealed !== null && existsSync(sealed)) return long(await fromFile(sealed, false), fresh);
  if (terminal.isTTY !== true) {
    throw failure('NO_PASSPHRASE', 'a passphrase is needed: --passphrase-file, or a terminal to type it in', 2);
  }
  const typed = long(await hidden('Passphrase: ', answers), fresh);
  if (fresh && (await hidden('Once more: ', answers)) !== typed) {
    throw failure('NO_PASSPHRASE', 'the two are not the same; nothing was written', 2);
  }
  return typed;
}

async function fromFile(path: string, trusted: boolean): Promise<string> {
  try {
    const { mode } = await stat(path);
    // Of a credential the mode says nothing: who may read it stands in a list of its own.
    if (trusted && (mode & OTHERS_MAY_READ) !== 0) {
      throw new Error(`others may read it (mode ${(mode & 0o777).toString(8)}): chmod 600 it`);
    }
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw failure('NO_PASSPHRASE', `${path}: ${(error as Error).message}`, 2, error);
  }
}

function long(text: string, fresh: boolean): string {
  if (text === '') throw failure('NO_PASSPHRASE', 'the passphrase is empty', 2);
  if (!fresh || [...text].length >= SHORTEST) return text;
  throw failure(
    'NO_PASSPHRASE',
    `the passphrase must have ${SHORTEST} characters at least: whoever finds the file has all the time there is`,
    2,
  );
}

/** Ends with Return; Ctrl-C is the end of everything. */
function hidden(question: string, { terminal, write }: Answers): Promise<string> {
  write(question);
  terminal.setRawMode?.(true);
  terminal.resume();
  let typed = '';
  return new Promise((resolve, reject) => {
    const end = (how: () => void): void => {
      terminal.off('data', onData);
      terminal.setRawMode?.(false);
      terminal.pause();
      write('\n');
      how();
    };
    const onData = (bytes: Buffer): void => {
      for (const key of bytes.toString('utf8')) {
        if (key === '\u0003') end(() => reject(failure('INTERRUPTED', 'interrupted; nothing was written')));
        else if (key === '\r' || key === '\n') end(() => resolve(typed));
        else if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
        else if (key >= ' ') typed += key;
      }
    };
    terminal.on('data', onData);
  });
}
