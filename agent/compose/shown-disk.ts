import type { EpochMs } from '../core/calendar/time.ts';
import type { ShownConnection, ShownDisk } from '../edges/status/snapshot.ts';
import type { WriteMeter } from '../work/workflows/write-meter.ts';
import type { Host } from './workflows.ts';

export function shownDisk(
  host: Pick<Host, 'storeFailure'> | null,
  meter: Pick<WriteMeter, 'written'> | null,
): ShownDisk | null {
  if (host === null || meter === null) return null;
  const { tradingDay, agent, guard } = meter.written;
  return { tradingDay, written: agent, guardWritten: guard, failure: host.storeFailure() };
}

export function storeConnection({ written, guardWritten, failure }: ShownDisk, since: EpochMs): ShownConnection {
  if (failure !== null) return { name: 'Store', state: 'failed', detail: failure, since };
  const bytes = written === null ? null : written + (guardWritten ?? 0);
  const detail = bytes === null ? '' : `${(bytes / 1e6).toFixed(1)} MB written today`;
  return { name: 'Store', state: 'ok', detail, since };
}
