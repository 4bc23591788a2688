import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';
import type { PageWord } from './page.ts';

const PACKAGE = 'wheelhouse';

export interface Programs {
  /** Version of this one. */
  readonly own: string;
  readonly running: Promise<PageWord>;
}

/** This program, the package it came in, and the program that runs: they should be the same. */
export async function lookAtPackage(box: Box, { own, running }: Programs, signal: AbortSignal): Promise<Finding> {
  const [installed, policy, { snapshot }] = await Promise.all([
    box.call('dpkg-query', ['--status', PACKAGE], signal),
    box.call('apt-cache', ['policy', PACKAGE], signal),
    running,
  ]);
  const status = /^Status: \S+ \S+ (\S+)$/m.exec(installed ?? '')?.[1] ?? '';
  const version = /^Version: (\S+)$/m.exec(installed ?? '')?.[1] ?? '';
  const isPackage = status !== '' && status !== 'config-files' && status !== 'not-installed';
  const found = isPackage ? ok(`version ${own}, package ${version}`) : ok(`version ${own}, not from a package`);
  return together([found, ...(isPackage ? aboutPackage(status, version, policy) : []), ...aboutRunning(own, snapshot)]);
}

function aboutPackage(status: string, version: string, policy: string | null): Finding[] {
  if (status !== 'installed') {
    return [failed(`the package is ${status}`, 'sudo dpkg --configure -a && sudo apt-get install -f')];
  }
  const newest = /^ *Candidate: (\S+)$/m.exec(policy ?? '')?.[1] ?? '(none)';
  if (newest === '(none)' || newest === version) return [];
  return [warning(`${newest} is known`, `sudo apt-get install --only-upgrade ${PACKAGE}`)];
}

function aboutRunning(own: string, running: StatusSnapshot | null): Finding[] {
  if (running === null || running.version === own) return [];
  return [warning(`the agent still runs ${running.version}`, 'sudo systemctl restart wheelhouse-agent')];
}
