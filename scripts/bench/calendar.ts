import { newYorkTime } from '../../agent/core/calendar/new-york.ts';
import { phaseAt } from '../../agent/core/calendar/phase.ts';
import { isOpenAt, nextSession, sessionOn, sessions } from '../../agent/core/calendar/sessions.ts';
import { DAY_MS, isoDate } from '../../agent/core/calendar/time.ts';
import { bestRate, type Measure } from './measure.ts';

export const title = 'Exchange calendar: questions per CPU second, over 1990 to 2035';

const CALLS = 2_000_000;
const FIRST = Temporal.Instant.from('1990-01-02T14:31Z').epochMilliseconds;
const SPAN = Temporal.Instant.from('2035-12-28T00:00Z').epochMilliseconds - FIRST;

export async function run(): Promise<Measure[]> {
  const built = coldBuildRate();
  const instants = Float64Array.from({ length: CALLS }, (_, i) => FIRST + ((i * 7_919_317_013) % SPAN));
  const dates = Array.from({ length: 16_000 }, (_, i) => isoDate(Math.floor(FIRST / DAY_MS) + i));
  const add = bestRate(CALLS, () => count(instants, (at) => at % 86_400_000 < 43_200_000));
  const open = bestRate(CALLS, () => count(instants, isOpenAt));
  const temporal = bestRate(20_000, () => count(instants.subarray(0, 20_000), isOpenByTemporal));
  return [
    { name: 'isOpenAt', unit: '/s', value: open, ratio: open / add, yardstick: 'remainder', atLeast: 1e6, aim: 5e6 },
    { name: 'isOpenAt, by Temporal', unit: '/s', value: temporal, ratio: temporal / open, yardstick: 'isOpenAt' },
    { name: 'phaseAt', unit: '/s', value: bestRate(CALLS, () => count(instants, (at) => phaseAt(at) === 'open')) },
    { name: 'newYorkTime', unit: '/s', value: bestRate(CALLS, () => count(instants, (at) => newYorkTime(at) > 720)) },
    { name: 'sessionOn', unit: '/s', value: bestRate(16_000, () => dates.filter((date) => sessionOn(date) !== null)) },
    { name: 'nextSession', unit: '/s', value: bestRate(16_000, () => dates.map(nextSession)) },
    { name: 'sessions listed', unit: '/s', value: bestRate(11_577, () => sessions('1990-01-01', '2035-12-31')) },
    { name: 'sessions built from the rules, cold', unit: '/s', value: built },
  ];
}

/** The first listing computes every year; once per process, so without a pass that warms up. */
function coldBuildRate(): number {
  const before = process.cpuUsage();
  const built = sessions('1990-01-01', '2035-12-31').length;
  const { user, system } = process.cpuUsage(before);
  return (built / (user + system)) * 1e6;
}

function count(instants: Float64Array, question: (at: number) => boolean): number {
  let yes = 0;
  for (const at of instants) if (question(at)) yes += 1;
  return yes;
}

function isOpenByTemporal(at: number): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('America/New_York');
  const session = sessionOn(wall.toPlainDate().toString());
  return session !== null && at >= session.open && at < session.close;
}
