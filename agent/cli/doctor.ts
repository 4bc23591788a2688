import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { accountRule } from '../compose/account-rule.ts';
import type { Announcement } from '../compose/appliance-file.ts';
import { Box } from '../doctor/box.ts';
import { checksOf } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { gravest, type NamedFinding } from '../doctor/finding.ts';
import type { GuardFacts } from '../doctor/guard.ts';
import { mayWalk } from '../doctor/lights.ts';
import { mendsForSources, reportLines } from '../doctor/report.ts';
import type { Subject } from '../doctor/subject.ts';
import { lookIntoDatabase } from '../edges/store/level/look-alike.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { probeI2c } from '../ground/gpio/i2c-probe.ts';
import { readConfig } from '../guard/config.ts';
import { asking, type ClientOptions, failure, installedConfig, pageOf, runningAppliance } from './appliance-client.ts';
import { count, print, printJson } from './columns.ts';
import { configurationOrExit } from './configuration.ts';
import { guardConfig } from './guard-client.ts';

interface Options extends ClientOptions {
  readonly guardConfig?: string;
  readonly json?: true;
  readonly walk?: boolean;
}

/** Of the package. */
const INSTALLED = '/usr/lib/wheelhouse/';
const CLOCK = new HostClock();

export function doctorCommand(): Command {
  return asking(new Command('doctor'))
    .option(
      '--guard-config <file>',
      "the guard's configuration (default: that of the service, or of the running appliance)",
    )
    .option('--json', 'one document')
    .option('--walk', 'light each light in turn, for you to see (default: when somebody sits at the terminal)')
    .option('--no-walk', 'light nothing')
    .addHelpText(
      'after',
      '\nNothing is changed by it, and no order can leave by it. Ends with 0 unless a check has failed: then with 1.',
    )
    .action((options: Options, command: Command) => doctor(options, command));
}

async function doctor(options: Options, command: Command): Promise<void> {
  const subject = await subjectOf(options, command);
  const examined = await examine(checksOf(subject), CLOCK);
  const walked = await withLights(examined, subject, options);
  const findings = isInstalled() ? walked : mendsForSources(walked);
  const worst = gravest(findings);
  const at = Temporal.Instant.fromEpochMilliseconds(CLOCK.now()).toString();
  if (options.json) printJson({ at, version: subject.version, state: worst, checks: findings });
  else print(reportLines(findings, { coloured: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '' }));
  if (worst !== 'failed') return;
  const names = findings.filter(({ state }) => state === 'failed').map(({ name }) => name);
  throw failure('CHECKS_FAILED', `${count(names.length, 'check')} failed: ${names.join(', ')}`);
}

async function subjectOf(options: Options, command: Command): Promise<Subject> {
  const { settings, secrets } = await configurationOrExit(options.config ?? installedConfig(), command);
  const found = await runningAppliance(options, dirname(settings.store.path));
  const { page, token } = await pageOf(options, settings, found);
  const { mode, account } = settings.broker;
  return {
    ...{ settings, mqttPassword: secrets.mqttPassword, page: { address: reachable(page), token }, running: found },
    storePath: storeOf(settings.store.path, found),
    guard: await guardFacts(options, command),
    accountRule: accountRule({ mode, id: account }),
    ...{ version: packageJson.version, builtAt: builtAt() },
    ...{ box: new Box(), clock: CLOCK, probeI2c, lookIntoStore: lookIntoDatabase },
  };
}

/** A demo keeps its store beside its guard. */
function storeOf(configured: string, found: Announcement | null): string {
  const ofDemo = found?.run === 'demo' && found.guard !== null;
  return resolve(ofDemo ? join(dirname(dirname(found.guard)), 'store') : configured);
}

async function guardFacts(options: Options, command: Command): Promise<GuardFacts> {
  const { guardConfig: config, config: settings, folder } = options;
  let path: string;
  try {
    path = await guardConfig({ config, settings, ...(folder === undefined ? {} : { folder }) }, command);
  } catch (error) {
    return { kind: 'none', reason: (error as Error).message };
  }
  const { value, problems } = readConfig(path);
  return value === null ? { kind: 'wrong', path, problems } : { kind: 'known', path, config: value };
}

/** Of all addresses of the machine any will do. */
function reachable(page: string): string {
  return page.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

function isInstalled(): boolean {
  return resolve(process.argv[1] ?? '').startsWith(INSTALLED);
}

function builtAt(): number | null {
  try {
    return statSync(process.argv[1] ?? '').mtimeMs;
  } catch {
    return null;
  }
}

/** The lights are walked when it is asked for, or when somebody is there to see them. */
async function withLights(
  findings: readonly NamedFinding[],
  { box, settings: { hardware } }: Subject,
  { walk, json }: Options,
): Promise<readonly NamedFinding[]> {
  const person = json !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const lights = findings.find(({ name }) => name === 'Lights');
  if (lights === undefined || !mayWalk(lights) || !(walk ?? person)) return findings;
  const { walkLights } = await import('../doctor/walk.ts');
  const tell = (light: string): void => void process.stderr.write(`Lights: ${light}\n`);
  const parts = { box, hardware, clock: CLOCK, tell, seen: person ? askWhetherSeen : async () => null };
  const walked = { name: lights.name, ...(await walkLights(parts)) };
  return findings.map((finding) => (finding === lights ? walked : finding));
}

async function askWhetherSeen(): Promise<boolean | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Did each of them light? [Y/n] ', { signal: AbortSignal.timeout(30_000) });
    return !/^n/i.test(answer.trim());
  } catch {
    return null;
  } finally {
    terminal.close();
  }
}
