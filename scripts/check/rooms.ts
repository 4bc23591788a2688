/** A folder of the house, or a single file that is a room of its own. */
export interface Room {
  /** From the root. */
  readonly at: string;
  /** Only the files directly in the folder: a folder in it is another room, which must be named too. */
  readonly flat?: true;
  /** Rooms it may import from, `room/*` for a room and all below it, beside its own files. */
  readonly sees?: readonly string[];
  /** Rooms of which it may import types, which are gone when the program runs. */
  readonly seesTypes?: readonly string[];
  /** Whether Node's built-in modules may be used. */
  readonly node?: true;
}

const CALENDAR_TO_CAPITAL = [
  'calendar',
  'market',
  'pricing',
  'orders',
  'portfolio',
  'strategy',
  'decisions',
  'risk',
  'capital',
].map((name) => `agent/core/${name}`);

/** Each contract's room with the implementations in it. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  broker: ['ib', 'schwab'],
  guard: ['unix'],
  history: ['databento', 'files'],
  store: ['level', 'memory'],
  status: ['page', 'mqtt'],
  alerts: ['ntfy', 'email'],
  hardware: ['gpio', 'strip', 'terminal'],
  system: ['host', 'manual'],
};

const CORE = ['agent/core/*'];
const CONTRACTS = Object.keys(EDGES).map((name) => `agent/edges/${name}`);
const WORK = ['agent/work/scheduler', 'agent/work/workflows'];
const IN_MEMORY = ['agent/edges/system/manual', 'agent/edges/store/memory', 'agent/edges/hardware/terminal'];
const LABORATORY = [...CORE, ...WORK, ...CONTRACTS, 'agent/lab/exchange', ...IN_MEMORY];
/** The version stands in package.json and nowhere else. */
const AGENT = ['agent/*', 'package.json'];

/** Who may import whom. What is not written here is forbidden, and so is a folder that is not named. */
export const ROOMS: readonly Room[] = [
  ...CALENDAR_TO_CAPITAL.map((at, index) => ({ at, sees: CALENDAR_TO_CAPITAL.slice(0, index) })),
  ...CONTRACTS.map((at) => ({ at, flat: true as const, sees: CORE, seesTypes: contractsShownBy(at) })),
  ...WORK.map((at) => ({ at, sees: [...CORE, ...CONTRACTS] })),
  ...Object.entries(EDGES).flatMap(([edge, implementations]) =>
    implementations.map((name) => ({
      at: `agent/edges/${edge}/${name}`,
      sees: [...CORE, `agent/edges/${edge}`, 'agent/edges/system', 'agent/edges/status', ...groundOf(edge)],
      node: true as const,
    })),
  ),
  { at: 'agent/ground/time', node: true },
  { at: 'agent/ground/wire', sees: ['agent/ground/time'], node: true },
  { at: 'agent/ground/relay', sees: ['agent/ground/time', 'agent/ground/wire'], node: true },
  { at: 'agent/ground/gpio', sees: ['agent/ground/files'], node: true },
  { at: 'agent/ground/control', sees: ['agent/ground/time'], node: true },
  { at: 'agent/ground/files', node: true },
  { at: 'agent/ground/archive', node: true },
  { at: 'agent/ground/supervisor', sees: ['agent/ground/time'], node: true },
  { at: 'agent/ground/compiled', node: true },
  { at: 'agent/guard', flat: true, sees: ['agent/ground/*', 'agent/guard/closing'], node: true },
  { at: 'agent/guard/closing', sees: ['agent/ground/*', 'agent/guard'], node: true },
  { at: 'agent/lab/exchange', sees: [...CORE, ...CONTRACTS, 'agent/ground/wire'], node: true },
  { at: 'agent/lab/backtest', sees: [...LABORATORY, 'agent/edges/broker/ib'] },
  { at: 'agent/lab/research', sees: LABORATORY },
  { at: 'agent/lab/storm', sees: [...LABORATORY, 'agent/ground/gpio'], node: true },
  { at: 'agent/lab/home', node: true },
  { at: 'agent/config', seesTypes: CORE, node: true },
  {
    at: 'agent/doctor',
    sees: ['agent/ground/*', 'agent/edges/hardware/gpio', 'agent/edges/hardware/strip', 'agent/edges/status/mqtt'],
    seesTypes: ['agent/config', 'agent/guard', ...CONTRACTS],
    node: true,
  },
  { at: 'agent/cli', sees: AGENT, node: true },
  { at: 'agent/compose', sees: AGENT, node: true },
  { at: 'agent/compose.ts', sees: AGENT, node: true },
  { at: 'agent/main.ts', sees: AGENT, node: true },
  { at: 'package.json' },
  { at: 'web-ui', seesTypes: ['agent/edges/status/snapshot.ts'] },
  { at: 'scripts', sees: AGENT, node: true },
  { at: 'test', sees: ['agent/*', 'scripts', 'web-ui'], node: true },
];

/** The one home of each library. Tests may use any of them; a library without a home may not be imported. */
export const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@stoqey/ib': ['agent/edges/broker/ib'],
  aedes: ['agent/lab/home'],
  'cli-progress': ['agent/cli'],
  commander: ['agent/cli', 'agent/main.ts'],
  'csv-parse': ['agent/edges/history/files', 'agent/cli'],
  esbuild: ['scripts'],
  'fastest-levenshtein': ['agent/config', 'scripts'],
  fastify: ['agent/edges/status/page'],
  'johnny-five': ['agent/edges/hardware/gpio'],
  koffi: ['agent/ground/gpio', 'agent/ground/supervisor'],
  level: ['agent/edges/store/level'],
  mqtt: ['agent/edges/status/mqtt'],
  pino: ['agent/edges/system/host'],
  typescript: ['scripts'],
  udsv: ['scripts'],
  valibot: ['agent/config'],
  ws: ['agent/edges/status/page'],
  yaml: ['agent/config'],
  yauzl: ['agent/edges/history/files', 'agent/cli'],
};

/** The snapshot shows the three lights as they are on the box, and a panel shows the snapshot. */
function contractsShownBy(contract: string): readonly string[] {
  if (contract === 'agent/edges/hardware') return ['agent/edges/status/snapshot.ts'];
  return contract === 'agent/edges/status' ? ['agent/edges/hardware/light.ts'] : [];
}

function groundOf(edge: string): readonly string[] {
  if (edge === 'guard') return ['agent/ground/control'];
  if (edge === 'store') return ['agent/ground/archive', 'agent/ground/files'];
  return edge === 'hardware' ? ['agent/ground/gpio'] : [];
}
