import { connect } from 'node:net';
import { Command } from 'commander';
import { CONTROL_PORT, jsonIn } from './exchange-faults.ts';
import { whole } from './numbers.ts';

interface Options {
  readonly control: number;
  readonly json?: true;
  readonly for?: number;
  readonly perHour?: number;
}

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
}

interface ShownFault {
  readonly fault: string;
  readonly until: number | null;
  readonly occasions: number;
  readonly acted: number;
}

interface Knob {
  readonly name: string;
  readonly takes: string;
  readonly about: string;
  readonly on: readonly string[];
}

const LONGEST_MS = 7 * 24 * 3_600_000;
const PATIENCE_MS = 5000;

export function exchangeCtlCommand(): Command {
  const duration = ['--for <milliseconds>', 'of market time', whole(1, LONGEST_MS)] as const;
  const commands = [
    about('list', 'every fault, its parameters and whether it is on').action(asking(() => ({ do: 'list' }), listText)),
    about('set', 'switch a fault on')
      .argument('<name>', 'of the fault')
      .argument('[value]', 'such as ms:5000,side:read')
      .option(...duration)
      .action(
        asking(
          ([name, value], options) => ({ do: 'set', name, value, forMs: options.for }),
          ({ active }) => [shownText(active as ShownFault)],
        ),
      ),
    about('clear', 'switch a fault off, or all of them')
      .argument('[name]', 'of the fault')
      .action(
        asking(
          ([name]) => ({ do: 'clear', name }),
          ({ cleared }) => [`${cleared} switched off`],
        ),
      ),
    about('status', 'which faults are on, and the market time').action(asking(() => ({ do: 'status' }), statusText)),
    about('book', 'orders, executions and positions as the exchange has them, as JSON').action(
      asking(
        () => ({ do: 'book' }),
        (book) => [JSON.stringify(book, null, 2)],
      ),
    ),
    about('schedule', 'add faults with their instants or events from a file')
      .argument('<file>', 'a JSON list: see docs/faults.md')
      .action(asking(([file], _, self) => ({ do: 'schedule', entries: jsonIn(String(file), self) }), scheduledText)),
    about('random', 'add faults drawn from a seed, for an hour or as long as is said')
      .argument('<seed>', 'a whole number', whole(0, 2 ** 32 - 1))
      .option(...duration)
      .option('--per-hour <number>', 'on average in an hour of market time', whole(1, 3600))
      .action(
        asking(
          ([seed], options) => ({ do: 'random', seed, forMs: options.for, perHour: options.perHour }),
          scheduledText,
        ),
      ),
  ];
  const ctl = new Command('ctl').description('steer the faults of a simulated exchange that runs with --control');
  for (const command of commands) ctl.addCommand(command);
  return ctl;
}

type Sentences = (answer: Record<string, unknown>) => readonly string[];

/** What a command does: puts its call to the exchange and says what came of it. */
function asking(
  callOf: (given: readonly unknown[], options: Options, self: Command) => object,
  sentences: Sentences,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const self = given.at(-1) as Command;
    // `exchange` has an option of that name too, and hears it first.
    const options = self.optsWithGlobals<Options>();
    const answer = await ask(options.control, callOf(given, options, self));
    if (!answer.ok) throw failure('REFUSED', answer.error ?? 'the exchange refused', 2);
    const lines = options.json ? [JSON.stringify(answer, null, 2)] : sentences(answer);
    process.stdout.write(`${lines.join('\n')}\n`);
  };
}

function about(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--control <port>', 'the control port of the exchange', whole(1, 65_535), CONTROL_PORT)
    .option('--json', 'the answer as JSON');
}

function ask(control: number, call: object): Promise<Answer & Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port: control }, () => socket.write(`${JSON.stringify(call)}\n`));
    const fail = (why: string): void => {
      socket.destroy();
      reject(failure('NO_EXCHANGE', `no exchange answers at 127.0.0.1:${control}: ${why}; is it run with --control?`));
    };
    socket.setTimeout(PATIENCE_MS, () => fail('it says nothing'));
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', () => fail('it closed the connection'));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      try {
        resolve(JSON.parse(text) as Answer & Record<string, unknown>);
      } catch {
        fail('what is there is no exchange');
      }
      socket.destroy();
    });
  });
}

function listText({ knobs }: Record<string, unknown>): readonly string[] {
  return (knobs as readonly Knob[]).flatMap(({ takes, about: what, on }) => [
    takes,
    `    ${what}`,
    ...on.map((fault) => `    ON  ${fault}`),
  ]);
}

function scheduledText({ scheduled }: Record<string, unknown>): readonly string[] {
  return [`${scheduled} faults scheduled`];
}

function statusText({ newYork, active }: Record<string, unknown>): readonly string[] {
  const on = active as readonly ShownFault[];
  return [`market time ${newYork}; ${on.length === 0 ? 'no fault is on' : 'on are'}`, ...on.map(shownText)];
}

function shownText({ fault, until, occasions, acted }: ShownFault): string {
  const end = until === null ? '' : `, until ${Temporal.Instant.fromEpochMilliseconds(until)}`;
  return `${fault}  (acted ${acted} of ${occasions} times${end})`;
}

function failure(code: string, message: string, exitCode = 1): Error {
  return Object.assign(new Error(message), { code, exitCode });
}
