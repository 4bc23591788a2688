import type { MissedPolicy, Plan, Recurrence } from '../work/scheduler/task.ts';

type Row = Partial<Plan> & Pick<Plan, 'title' | 'recurrence' | 'category'>;

const SKIP: MissedPolicy = { kind: 'skip' };
const ALARM: MissedPolicy = { kind: 'alarm' };
const RUN_ONCE: MissedPolicy = { kind: 'runOnce' };
const WEEK_MINUTES = 7 * 24 * 60;

const late = (minutes: number): MissedPolicy => ({ kind: 'runWithin', minutes });
const at = (...times: readonly string[]): Recurrence => ({ kind: 'at', times });
const whileOpen = (minutes: number): Recurrence => ({ kind: 'every', minutes, from: 'open' });
const once: Recurrence = { kind: 'oncePerTradingDay' };
const perPhase: Recurrence = { kind: 'oncePerPhase' };
const interval = (minutes: number): Recurrence => ({ kind: 'interval', minutes });

/** In the order of the day. New York time; sizes in MB and minutes. What is not said is as in `USUAL`. */
const PRE_MARKET = {
  'load-history': {
    title: 'Load daily prices and volatility',
    ...{ category: 'data', recurrence: at('08:00'), missed: RUN_ONCE, estimatedMinutes: 2, maxMinutes: 20 },
  },
  'sync-positions': {
    title: 'Compare the books with the broker',
    ...{ category: 'trading', priority: 'high', recurrence: at('08:00', '16:15'), missed: RUN_ONCE, maxMinutes: 5 },
  },
  'system-check': {
    title: 'Check store, disk, memory and link',
    ...{ category: 'monitoring', recurrence: perPhase, phases: ['pre-market'], maxMinutes: 2, missed: ALARM },
  },
  'cancel-stale-orders': {
    title: 'Cancel orders left over from earlier days',
    ...{ category: 'trading', recurrence: at('08:00'), phases: ['pre-market'], missed: late(85), maxMinutes: 5 },
    dependencies: ['sync-positions'],
  },
  'overnight-review': {
    title: 'Review what is held before the day begins',
    ...{ category: 'trading', recurrence: at('08:00'), phases: ['pre-market'], missed: late(85), maxMinutes: 2 },
    dependencies: ['sync-positions'],
  },
  'check-broker': {
    title: 'Check the broker before the open',
    ...{ category: 'monitoring', priority: 'high', recurrence: at('08:45'), missed: late(45), maxMinutes: 2 },
  },
} as const satisfies Record<string, Row>;

const OPEN = {
  'monitor-positions': {
    title: 'Watch the prices of what is held',
    ...{ category: 'monitoring', priority: 'critical', recurrence: whileOpen(0.5), estimatedMinutes: 0.1 },
    ...{ maxMinutes: 2, memoryMb: 10, phases: ['open'], market: 'open' },
  },
  'check-risk-limits': {
    title: 'Hold what is held against the limits',
    ...{ category: 'monitoring', priority: 'critical', recurrence: whileOpen(0.5), estimatedMinutes: 0.05 },
    ...{ maxMinutes: 1, memoryMb: 5, phases: ['open'], market: 'open' },
  },
  analyse: {
    title: 'Analyse the chains',
    ...{ category: 'trading', priority: 'critical', recurrence: at('09:45'), missed: late(10), maxMinutes: 5 },
    ...{ phases: ['open'], market: 'open' },
  },
  execute: {
    title: 'Order what was found',
    ...{ category: 'trading', priority: 'critical', recurrence: at('10:00'), missed: SKIP, maxMinutes: 10 },
    ...{ phases: ['open'], market: 'open', canTrade: true },
  },
  'reprice-orders': {
    title: 'Move orders toward the market, or take them back',
    ...{ category: 'trading', priority: 'high', recurrence: whileOpen(0.5), estimatedMinutes: 0.1, maxMinutes: 2 },
    ...{ memoryMb: 5, phases: ['open'], market: 'open', canTrade: true, conflicts: ['execute'], interruptible: true },
  },
  'collect-chains': {
    title: 'Collect option chains',
    ...{ category: 'data', recurrence: whileOpen(5), maxMinutes: 4, phases: ['open', 'post-market'], memoryMb: 20 },
  },
  'collect-futures': {
    title: 'Collect index futures',
    ...{ category: 'data', priority: 'low', recurrence: whileOpen(5), estimatedMinutes: 0.5, maxMinutes: 2 },
    ...{ phases: ['open', 'post-market'], interruptible: true },
  },
  monitor: {
    title: 'Mark positions and watch profit and loss',
    ...{ category: 'monitoring', priority: 'high', recurrence: whileOpen(5), estimatedMinutes: 0.5, maxMinutes: 4 },
    phases: ['open', 'post-market'],
  },
} as const satisfies Record<string, Row>;

const AFTER_CLOSE = {
  'reconcile-close': {
    title: 'Compare the books after the close',
    ...{
      category: 'trading',
      priority: 'high',
      recurrence: once,
      phases: ['post-market', 'evening'],
      market: 'closed',
    },
    ...{ maxMinutes: 5, missed: ALARM },
  },
  'profit-and-loss': {
    title: 'Close the profit and loss of the day',
    ...{ category: 'trading', priority: 'high', recurrence: once, phases: ['post-market', 'evening'], maxMinutes: 5 },
    dependencies: ['reconcile-close'],
  },
  'daily-report': {
    title: 'Write the report of the day',
    ...{
      category: 'monitoring',
      priority: 'high',
      recurrence: once,
      phases: ['post-market', 'evening'],
      maxMinutes: 10,
    },
    dependencies: ['profit-and-loss'],
  },
  'alert-digest': {
    title: 'Put what is still open into the journal',
    ...{
      category: 'monitoring',
      priority: 'high',
      recurrence: once,
      phases: ['post-market', 'evening'],
      maxMinutes: 2,
    },
    dependencies: ['daily-report'],
  },
  statistics: {
    title: 'Statistics of the day',
    ...{ category: 'maintenance', recurrence: at('16:30'), missed: late(24 * 60), maxMinutes: 5 },
  },
  'data-quality': {
    title: 'Check the quality of the data',
    ...{ category: 'maintenance', priority: 'low', recurrence: at('18:00'), missed: late(24 * 60), maxMinutes: 5 },
  },
  'end-of-day-history': {
    title: "Add the day's prices and volatility",
    ...{ category: 'data', recurrence: once, phases: ['evening', 'weekend', 'holiday'], market: 'closed' },
    ...{ estimatedMinutes: 5, maxMinutes: 60, conflicts: ['load-history'], interruptible: true },
  },
} as const satisfies Record<string, Row>;

/** In a child of its own, and whatever else is wanted comes first. */
const RESEARCH = {
  ...{ category: 'research', market: 'closed', memoryMb: 300, cpuIntensive: true, interruptible: true },
  isolation: { kind: 'child', capMb: 1500 },
} as const satisfies Partial<Row>;

const OFF_HOURS = {
  'clean-up': {
    title: 'Remove records that nobody needs any more',
    ...{
      category: 'maintenance',
      priority: 'low',
      recurrence: once,
      phases: ['evening', 'overnight', 'weekend', 'holiday'],
    },
    ...{ maxMinutes: 10, interruptible: true },
  },
  'back-up': {
    title: 'Copy the store without its chains to a folder beside it',
    ...{ category: 'maintenance', priority: 'low', recurrence: once, estimatedMinutes: 1, maxMinutes: 30 },
    ...{ phases: ['evening', 'overnight', 'weekend', 'holiday'], interruptible: true, conflicts: ['compact-store'] },
  },
  'compact-store': {
    title: 'Compact the store',
    ...{ category: 'maintenance', priority: 'background', recurrence: interval(WEEK_MINUTES) },
    ...{ phases: ['evening', 'overnight', 'weekend', 'holiday'], estimatedMinutes: 2, maxMinutes: 30 },
  },
  'integrity-audit': {
    title: 'Audit orders, fills and positions against each other',
    ...{ category: 'maintenance', priority: 'low', recurrence: interval(WEEK_MINUTES), estimatedMinutes: 2 },
    ...{ phases: ['evening', 'overnight', 'weekend', 'holiday'], maxMinutes: 30, interruptible: true },
  },
  'weekly-report': {
    title: 'Write the report of the week',
    ...{ category: 'monitoring', priority: 'low', recurrence: once, phases: ['weekend'], maxMinutes: 10 },
  },
  'nightly-research': {
    title: 'Search for better put-write settings',
    ...{ recurrence: interval(5), phases: ['post-market', 'evening', 'overnight'] },
    ...{ estimatedMinutes: 60, maxMinutes: 240, conflicts: ['validate-candidates', 'weekend-research'] },
    ...RESEARCH,
  },
  'weekend-research': {
    title: 'Search widely for better put-write settings',
    ...{ recurrence: interval(5), phases: ['weekend', 'holiday'] },
    ...{ estimatedMinutes: 180, maxMinutes: 720, conflicts: ['validate-candidates', 'validate-weekend'] },
    ...RESEARCH,
  },
  'validate-candidates': {
    title: 'Hold the best settings against days they were not chosen on',
    ...{ recurrence: once, phases: ['post-market', 'evening', 'overnight'] },
    ...{ estimatedMinutes: 20, maxMinutes: 60, dependencies: ['nightly-research'] },
    ...RESEARCH,
  },
  'validate-weekend': {
    title: "Hold the weekend's best settings against days they were not chosen on",
    ...{ recurrence: interval(12 * 60), phases: ['weekend', 'holiday'] },
    ...{ estimatedMinutes: 20, maxMinutes: 60, dependencies: ['weekend-research'] },
    ...RESEARCH,
  },
  'readiness-check': {
    title: 'Check that the next trading day can begin',
    ...{ category: 'monitoring', recurrence: at('07:30'), phases: ['overnight'], maxMinutes: 2, missed: ALARM },
  },
  health: {
    title: 'Check the health of the appliance',
    ...{ category: 'monitoring', priority: 'background', recurrence: { kind: 'every', minutes: 60, from: 'midnight' } },
    ...{ estimatedMinutes: 0.5, maxMinutes: 1, missed: late(30), memoryMb: 5 },
  },
} as const satisfies Record<string, Row>;

/** What a task is unless its row says otherwise. */
const USUAL: Omit<Plan, 'name' | 'title' | 'workflow' | 'category' | 'recurrence'> = {
  ...{ priority: 'normal', enabled: true, estimatedMinutes: 1, maxMinutes: 10, memoryMb: 30, cpuIntensive: false },
  ...{ phases: 'always', market: 'any', dependencies: [], conflicts: [], interruptible: false, missed: SKIP },
  ...{ isolation: { kind: 'agent' }, canTrade: false },
};

const ROWS = { ...PRE_MARKET, ...OPEN, ...AFTER_CLOSE, ...OFF_HOURS };

export type TaskName = keyof typeof ROWS;

export const TASK_NAMES = Object.keys(ROWS) as readonly TaskName[];

/** Every task there is, by name. */
export const TASKS = Object.fromEntries(
  TASK_NAMES.map((name) => [name, { ...USUAL, ...(ROWS[name] as Row), name, workflow: name } satisfies Plan]),
) as unknown as Readonly<Record<TaskName, Plan>>;
