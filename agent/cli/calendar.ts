import { Command, InvalidArgumentError } from 'commander';
import { dayOfWeek, newYorkText } from '../core/calendar/new-york.ts';
import { closureOn, LAST_SESSION_YEAR, type Session, sessionOn, sessions } from '../core/calendar/sessions.ts';
import { epochDay, type IsoDate, isoDate } from '../core/calendar/time.ts';

interface Options {
  readonly from?: IsoDate;
  readonly to?: IsoDate;
  readonly json?: true;
}

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function calendarCommand(): Command {
  return new Command('calendar')
    .option('--from <date>', 'first date, YYYY-MM-DD (default: today in New York)', calendarDate)
    .option('--to <date>', "last date, YYYY-MM-DD (default: the end of the first date's year)", calendarDate)
    .option('--json', 'one JSON object per session and line; instants in UTC')
    .action((options: Options, command: Command) => {
      const from = options.from ?? Temporal.Now.plainDateISO('America/New_York').toString();
      const to = options.to ?? `${from.slice(0, 4)}-12-31`;
      if (from > to) command.error(`wheelhouse: --from ${from} is after --to ${to}`);
      const lines = options.json ? sessions(from, to).map(jsonLine) : table(from, to);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}

function calendarDate(text: string): IsoDate {
  try {
    closureOn(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function jsonLine(session: Session): string {
  const { date, open, close, earlyClose } = session;
  return JSON.stringify({ date, open: utcText(open), close: utcText(close), earlyClose });
}

function utcText(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

function table(from: IsoDate, to: IsoDate): string[] {
  const lines = ['date        day  open   close  (New York)'];
  let count = 0;
  let early = 0;
  for (let day = epochDay(from); day <= epochDay(to); day += 1) {
    const date = isoDate(day);
    const session = sessionOn(date);
    const closure = closureOn(date);
    if (closure === 'weekend') continue;
    if (session !== null) count += 1;
    if (session?.earlyClose) early += 1;
    lines.push(`${date}  ${DAYS[dayOfWeek(date)]}  ${session === null ? `closed: ${closure}` : hours(session)}`);
  }
  lines.push(
    '',
    `${count} sessions, ${early} of them with an early close; rules known to the end of ${LAST_SESSION_YEAR}.`,
  );
  return lines;
}

function hours(session: Session): string {
  const clock = (at: number) => newYorkText(at).slice(11, 16);
  return `${clock(session.open)}  ${clock(session.close)}${session.earlyClose ? '  early close' : ''}`;
}
