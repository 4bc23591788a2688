import type { Log, LogFields } from '../log.ts';
import { readableLine } from './log-line.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

interface Sink {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
  child(bindings: { room: string }): Sink;
}

export interface HostLogOptions {
  readonly level: Level | 'silent';
  /** A file; standard error when `null`. */
  readonly path: string | null;
  /** Values that must never be written. */
  readonly secrets: readonly string[];
  /** Where lines for a person go, in place of JSON to standard error; only without a file. */
  readonly print?: (line: string) => void;
}

/** JSON lines by pino, with every registered secret replaced wherever it stands. Throws an Error with code LOG_PATH. */
export async function hostLog(options: HostLogOptions): Promise<Log> {
  const { default: pino } = await import('pino');
  const hide = (text: string): string =>
    options.secrets.reduce((seen, secret) => seen.replaceAll(secret, '[secret]'), text);
  const { print, path } = options;
  const write = print !== undefined && path === null ? (line: string) => print(readableLine(line)) : toFile(pino, path);
  const stream = { write: (line: string) => write(hide(line)) };
  return wrap(pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream));
}

type Pino = typeof import('pino').default;

/** What is kept for a disk that is full; lines beyond it are lost. */
const MOST_KEPT = 1 << 20;

function toFile(pino: Pino, path: string | null): (line: string) => void {
  const destination = opened(pino, path);
  // A disk that is full must not end a program that has a halt to carry out.
  destination.on('error', () => undefined);
  return (line) => destination.write(line);
}

function opened(pino: Pino, path: string | null): ReturnType<Pino['destination']> {
  try {
    return pino.destination({ dest: path ?? 2, sync: true, mkdir: true, maxLength: MOST_KEPT });
  } catch (cause) {
    const text = `the log ${path} (log.path) cannot be written: ${(cause as Error).message}`;
    throw Object.assign(new Error(text, { cause }), { code: 'LOG_PATH' });
  }
}

function wrap(sink: Sink): Log {
  return {
    debug: (fields, sentence) => sink.debug(fields, sentence),
    info: (fields, sentence) => sink.info(fields, sentence),
    warn: (fields, sentence) => sink.warn(fields, sentence),
    error: (fields, sentence) => sink.error(fields, sentence),
    child: (room) => wrap(sink.child({ room })),
  };
}
