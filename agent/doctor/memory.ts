import type { Box } from './box.ts';
import { type Finding, failed, ok, together, warning } from './finding.ts';

/** Agent and guard together, with something to spare. */
const LEAST_MB = 64;
const SCARCE_MB = 128;
const SERVICES = ['wheelhouse-agent', 'wheelhouse-guard'];

export async function lookAtMemory(box: Box): Promise<Finding> {
  const text = await box.text('/proc/meminfo');
  if (text === null) return warning('the kernel tells nothing of the memory', 'mount /proc');
  const [total, available] = [megabytes(text, 'MemTotal'), megabytes(text, 'MemAvailable')];
  const found = `${available} of ${total} MB free`;
  const mend = 'see what takes it: systemd-cgtop -m -n 1, and stop what need not run here';
  const left = available < LEAST_MB ? failed(found, mend) : available < SCARCE_MB ? warning(found, mend) : ok(found);
  return together([left, ...(await killed(box))]);
}

function megabytes(text: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1];
  return Math.floor(Number(kilobytes ?? 0) / 1024);
}

/** What a service had wanted beyond its limit was taken from it by killing something in it. */
async function killed(box: Box): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const service of SERVICES) {
    const events = await box.text(`/sys/fs/cgroup/system.slice/${service}.service/memory.events`);
    const count = Number(/^oom_kill (\d+)$/m.exec(events ?? '')?.[1] ?? 0);
    if (count === 0) continue;
    const mend = `see what grew: journalctl -u ${service} -g oom`;
    found.push(warning(`${service} ran out of memory ${count} times since its start`, mend));
  }
  return found;
}
