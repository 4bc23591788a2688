import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { nearest } from '../config/suggestion.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import type { Clock } from '../edges/system/clock.ts';
import { type Fault, parseFault } from '../lab/exchange/faults/fault.ts';
import { readSchedule } from '../lab/exchange/faults/fault-file.ts';
import { FaultSchedule, type ScheduledFault } from '../lab/exchange/faults/fault-schedule.ts';
import { randomFaults } from '../lab/exchange/faults/random-faults.ts';
import { Switchboard } from '../lab/exchange/faults/switchboard.ts';
import { whole } from './numbers.ts';

export interface FaultOptions {
  readonly fault: readonly Fault[];
  readonly faults?: string;
  readonly randomFaults?: number;
  readonly faultsPerHour: number;
  readonly control?: number;
}

const DAY_MS = 86_400_000;
const RANDOM_DAYS = 30;

export const CONTROL_PORT = 4003;

export function addFaultOptions(command: Command): Command {
  return command
    .option(
      '--fault <name=value>',
      'a fault from the start, such as freeze=ms:5000; several times for several; see docs/faults.md',
      addFault,
      [],
    )
    .option('--faults <file>', 'JSON list of faults with their instants or events: see docs/faults.md')
    .option('--random-faults <seed>', 'faults drawn from a seed, for 30 days of market time', whole(0, 2 ** 32 - 1))
    .option('--faults-per-hour <number>', 'of those, on average in an hour of market time', whole(1, 3600), 4)
    .option('--control <port>', 'port for "exchange ctl" on this machine; 0 = any that is free', whole(0, 65_535));
}

/** What was asked for at the start, switched on when `start` is called. */
export function faultsOf(
  options: FaultOptions,
  command: Command,
  given: { readonly clock: Clock; readonly start: EpochMs; readonly seed: number },
): { readonly board: Switchboard; readonly schedule: FaultSchedule } {
  const { clock, start } = given;
  const board = new Switchboard({ clock, seed: options.randomFaults ?? given.seed });
  const atOnce = options.fault.map((fault) => ({ at: start, fault, until: null }));
  const written = options.faults === undefined ? [] : scheduleIn(options.faults, command, start);
  const window = { from: start, until: start + RANDOM_DAYS * DAY_MS, perHour: options.faultsPerHour };
  const drawn = options.randomFaults === undefined ? [] : randomFaults(options.randomFaults, window);
  const entries: readonly ScheduledFault[] = [...atOnce, ...written, ...drawn];
  return { board, schedule: new FaultSchedule(entries, { board, clock }) };
}

function addFault(text: string, before: readonly Fault[]): readonly Fault[] {
  const fault = parseFault(text, nearest);
  if ('problem' in fault) throw new InvalidArgumentError(fault.problem);
  return [...before, fault];
}

function scheduleIn(path: string, command: Command, now: EpochMs): readonly ScheduledFault[] {
  const read = readSchedule(jsonIn(path, command), { now, nearest });
  return 'problem' in read ? command.error(`wheelhouse: ${path}: ${read.problem}`) : read;
}

/** The JSON of a file; ends the program with a sentence when there is none. */
export function jsonIn(path: string, command: Command): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return command.error(`wheelhouse: ${path}: ${(error as Error).message}`);
  }
}
