import type { Settings } from './schema.ts';

interface Contradiction {
  readonly key: string;
  readonly text: string;
}

/** The ids of Interactive Brokers' paper accounts begin with it. */
const PAPER_ACCOUNT = /^D/;

interface Span {
  readonly name: string;
  /** New York time, [from, before). */
  readonly from: string;
  readonly before: string;
}

/** Of an ordinary day. */
const SESSION: Span = { name: 'the session', from: '09:30', before: '16:00' };
const PRE_MARKET: Span = { name: 'the pre-market', from: '08:00', before: '09:30' };
const NIGHT: Span = { name: 'the night before', from: '00:00', before: '08:00' };

/** What no single setting can tell. */
export function contradictions(settings: Settings): readonly Contradiction[] {
  return [
    ...aboutMoney(settings),
    ...aboutLimits(settings),
    ...aboutNames(settings),
    ...aboutTimes(settings),
    ...aboutSecrets(settings),
    ...aboutHardware(settings),
  ];
}

/** Real money is traded only when two settings agree. */
function aboutMoney({ broker: { mode, account, guard }, liveTradingConfirmed: confirmed }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  const against = (key: string, text: string): void => void found.push({ key, text });
  if (mode === 'live') {
    if (account === null) against('broker.mode', 'must be paper unless broker.account names the account to trade');
    else if (PAPER_ACCOUNT.test(account)) against('broker.account', 'is a paper account, but broker.mode is live');
    if (confirmed === null) against('broker.mode', 'must be paper unless liveTradingConfirmed names the account too');
    else if (account !== null && confirmed !== account) {
      against('liveTradingConfirmed', 'must be the same account as broker.account');
    }
    if (guard.socket === null) {
      against('broker.mode', 'must be paper unless broker.guard.socket names a guard that runs as its own service');
    }
    return found;
  }
  if (confirmed !== null) against('liveTradingConfirmed', 'must be left out while broker.mode is paper');
  if (account !== null && !PAPER_ACCOUNT.test(account)) {
    against('broker.account', 'is no paper account (those begin with D), but broker.mode is paper');
  }
  return found;
}

function aboutLimits({ strategy: { putWrite }, risk }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  if (putWrite.minDelta >= putWrite.maxDelta) {
    found.push({ key: 'strategy.putWrite.minDelta', text: `must be below maxDelta, which is ${putWrite.maxDelta}` });
  }
  if (putWrite.minDaysToExpiration > putWrite.maxDaysToExpiration) {
    const text = `must not be above maxDaysToExpiration, which is ${putWrite.maxDaysToExpiration}`;
    found.push({ key: 'strategy.putWrite.minDaysToExpiration', text });
  }
  if (risk.maxSecuredPerSymbolDollars > risk.maxSecuredTotalDollars) {
    const text = `must not be above maxSecuredTotalDollars, which is ${risk.maxSecuredTotalDollars}`;
    found.push({ key: 'risk.maxSecuredPerSymbolDollars', text });
  }
  return found;
}

function aboutNames({ symbols, futures, pennyClasses, schedule }: Settings): Contradiction[] {
  const times = Object.entries(schedule).flatMap(([task, plan]) =>
    'times' in plan ? repeats(`schedule.${task}.times`, plan.times) : [],
  );
  const lists = Object.entries({ symbols, futures, pennyClasses });
  return [...lists.flatMap(([key, names]) => repeats(key, names)), ...times];
}

function repeats(key: string, names: readonly string[]): Contradiction[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ key: `${key}.${index}`, text: `must not name ${name} twice` }],
  );
}

/** An order stands on an analysis of the same day, and both on quotes of the session. */
function aboutTimes({ schedule }: Settings): Contradiction[] {
  const { analyse, execute } = schedule;
  const found = [
    ...outside('analyse', analyse, SESSION),
    ...outside('execute', execute, SESSION),
    ...outside('cancel-stale-orders', schedule['cancel-stale-orders'], PRE_MARKET),
    ...outside('overnight-review', schedule['overnight-review'], PRE_MARKET),
    ...outside('readiness-check', schedule['readiness-check'], NIGHT),
  ];
  if (!execute.enabled) return found;
  if (!analyse.enabled) {
    const text = 'must be true while schedule.execute is enabled: orders stand on an analysis of the day';
    return [...found, { key: 'schedule.analyse.enabled', text }];
  }
  const key = 'schedule.execute.times';
  if (execute.times.length > 1) {
    const text = 'must be one time: an order is known by its day and leg, and a leg is ordered once a day';
    found.push({ key, text });
  }
  const first = analyse.times.toSorted()[0] ?? '';
  if (execute.times.every((time) => time > first)) return found;
  return [...found, { key, text: `must be later than the first analysis, which is at ${first}` }];
}

function outside(task: string, plan: Settings['schedule']['analyse'], span: Span): Contradiction[] {
  if (!plan.enabled) return [];
  const { name, from, before } = span;
  return plan.times.flatMap((time, index) =>
    time >= from && time < before
      ? []
      : [
          {
            key: `schedule.${task}.times.${index}`,
            text: `must lie in ${name}, from ${from} to before ${before}`,
          },
        ],
  );
}

function aboutSecrets({ mqtt }: Settings): Contradiction[] {
  if (!mqtt.url.includes('@')) return [];
  return [{ key: 'mqtt.url', text: 'must not hold a user or password: see mqtt.username and secretsFile' }];
}

/** What is wired twice cannot be had twice. */
function aboutHardware(settings: Settings): Contradiction[] {
  const { lights, button, display } = settings.hardware;
  const taken = linesOfBuses(settings);
  const found: Contradiction[] = [];
  const wired: readonly (readonly [key: string, channel: number | string])[] = [
    ...(button.line === null ? [] : [['button.line', button.line] as const]),
    ...(['system', 'trading', 'research'] as const).flatMap((name) => places(`lights.${name}`, lights[name])),
    ...places('display.encoder', display.encoder),
  ];
  for (const [place, channel] of wired) {
    const key = `hardware.${place}`;
    const other = taken.get(channel);
    if (other !== undefined) found.push({ key, text: `must not be ${channel}, which ${other} has already` });
    taken.set(channel, key);
  }
  return found;
}

function places(name: string, channels: readonly (number | string)[]): (readonly [string, number | string])[] {
  return channels.map((channel, index) => [`${name}.${index}`, channel]);
}

/**
 * On the header of a Raspberry Pi. The kernel itself would give some of them away a second time: a light on a line of the red
 * switch, while the guard does not hold it, works against the contacts.
 */
function linesOfBuses({
  broker: { guard },
  hardware: { chip, strip, display },
}: Settings): Map<number | string, string> {
  const onHeader = chip === 'auto' || chip.startsWith('pinctrl-');
  const red = guard.socket !== null || guard.switch === 'gpio';
  const spi = strip.kind !== 'none' && strip.device.startsWith('/dev/spidev0.');
  const i2c = display.kind !== 'none' && display.device === '/dev/i2c-1';
  const lines: readonly (readonly [number, string])[] = [
    ...(red ? [5, 6] : []).map((line) => [line, 'the red switch'] as const),
    ...(spi ? [7, 8, 9, 10, 11] : []).map((line) => [line, 'the bus of hardware.strip'] as const),
    ...(i2c ? [2, 3] : []).map((line) => [line, 'the bus of hardware.display'] as const),
  ];
  return new Map(onHeader ? lines : []);
}
