import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };

interface Entry {
  readonly description: string;
  readonly load: () => Promise<Command>;
  /** Not for people. */
  readonly hidden?: true;
}

/** One line per command. A command's module, and what it imports, is read only when that command is called. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  demo: {
    description: 'watch a synthetic trading day with everything in it, against a simulated exchange',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  run: {
    description: 'the appliance itself, against Interactive Brokers; paper unless two settings agree',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  replay: {
    description: 'play a recorded day through the whole program, as fast as it can',
    load: async () => (await import('./replay.ts')).replayCommand(),
  },
  'check-config': {
    description: 'list every problem of a configuration, or print all settings',
    load: async () => (await import('./check-config.ts')).checkConfigCommand(),
  },
  schedule: {
    description: 'what runs when and why, a simulated year of it, and steering it',
    load: async () => (await import('./schedule.ts')).scheduleCommand(),
  },
  'research-child': {
    description: 'what the appliance starts for research',
    load: async () => (await import('./research-child.ts')).researchChildCommand(),
    hidden: true,
  },
  import: {
    description: 'read files of market history into the store',
    load: async () => (await import('./import.ts')).importCommand(),
  },
  chain: {
    description: 'show the option chain of an instant, with its quality flags',
    load: async () => (await import('./chain.ts')).chainCommand(),
  },
  calendar: {
    description: "list the exchange's sessions, early closes and closed days",
    load: async () => (await import('./calendar.ts')).calendarCommand(),
  },
  price: {
    description: 'price options from a CSV file, or find their implied volatilities',
    load: async () => (await import('./price.ts')).priceCommand(),
  },
  guard: {
    description: 'the guard between the program and the broker: run it, ask it, halt, reset, arm',
    load: async () => (await import('./guard.ts')).guardCommand(),
  },
  halt: {
    description: 'stop the flow of orders at the wire and cancel all that work, now',
    load: async () => (await import('./guard.ts')).haltCommand(),
  },
  resume: {
    description: 'let the running appliance open positions again after a halt',
    load: async () => (await import('./resume.ts')).resumeCommand(),
  },
  code: {
    description: 'a code that lets one browser into the page, once, within 15 minutes',
    load: async () => (await import('./code.ts')).codeCommand(),
  },
  status: {
    description: 'what the running appliance and its guard say of themselves',
    load: async () => (await import('./status.ts')).statusCommand(),
  },
  orders: {
    description: 'the orders of today, of all time with --all, and those that are not ours',
    load: async () => (await import('./orders.ts')).ordersCommand(),
  },
  positions: {
    description: 'what is held, ours and not ours',
    load: async () => (await import('./positions.ts')).positionsCommand(),
  },
  reconcile: {
    description: "compare the books with the broker's now, and list every difference",
    load: async () => (await import('./reconcile.ts')).reconcileCommand(),
  },
  doctor: {
    description: 'look at board, wires, disk, clock and programs, and say what to mend',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  why: {
    description: 'the stored reasons behind the last decision about a symbol',
    load: async () => (await import('./why.ts')).whyCommand(),
  },
  storm: {
    description: 'run the whole appliance through days of faults, crashes and presses, and check its promises',
    load: async () => (await import('./storm.ts')).stormCommand(),
  },
  backup: {
    description: 'everything that is stored and the settings, in one file that a passphrase locks',
    load: async () => (await import('./backup.ts')).backupCommand(),
  },
  restore: {
    description: 'put a back-up in the place of the store; what was there is kept, and trading is halted',
    load: async () => (await import('./restore.ts')).restoreCommand(),
  },
  exchange: {
    description: 'run the simulated exchange alone, for any client of the TWS API',
    load: async () => (await import('./exchange.ts')).exchangeCommand(),
  },
};

/** 0 = done, 1 = it was tried and failed, 2 = the call or the configuration is wrong and nothing was started. */
type ExitCode = 0 | 1 | 2;

/** The command line. Resolves with the exit code. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const program = new Command('wheelhouse');
  program
    .description('Trades option strategies by the exchange calendar and explains what it did and did not do.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'wheelhouse: ')) });
  const called = args.find((arg) => !arg.startsWith('-'));
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const command =
      name === called || (called === 'help' && args.includes(name)) ? await entry.load() : new Command(name);
    program.addCommand(command.copyInheritedSettings(program).description(entry.description), {
      hidden: entry.hidden ?? false,
    });
  }
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Commander has printed its own sentence already; an error with a code is expected trouble; the rest needs its stack. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { code, exitCode, message, stack } = error as Error & { code?: unknown; exitCode?: unknown };
  process.stderr.write(`wheelhouse: ${typeof code === 'string' ? message : (stack ?? String(error))}\n`);
  return exitCode === 2 ? 2 : 1;
}
