import type { Knob } from './knob.ts';
import { LINK_KNOBS } from './link-knobs.ts';
import { ORDER_KNOBS } from './order-knobs.ts';
import type { Parameters, Values } from './parameter.ts';
import { WIRE_KNOBS } from './wire-knobs.ts';

/** Every knob by its name. */
export const KNOBS = { ...WIRE_KNOBS, ...ORDER_KNOBS, ...LINK_KNOBS } as const satisfies Record<string, Knob>;

export type FaultName = keyof typeof KNOBS;

/** What each knob is set to, by name. */
export type FaultSettings = { readonly [N in FaultName]: Values<(typeof KNOBS)[N]['takes']> };

/** On which of its occasions a fault acts. */
export interface Occasions {
  /** The first on which it acts; the ones before pass. */
  readonly nth: number;
  /** On how many; `null` = on all until it is cleared. */
  readonly times: number | null;
}

interface FaultOf<N extends FaultName> extends Occasions {
  readonly name: N;
  readonly settings: FaultSettings[N];
}

/** One knob, set. */
export type Fault = { [N in FaultName]: FaultOf<N> }[FaultName];

export interface FaultProblem {
  readonly problem: string;
}

/** Finds the name that was probably meant. */
export type Nearest = (typed: string, names: readonly string[]) => string | null;

export const FAULT_NAMES = Object.keys(KNOBS) as readonly FaultName[];

const OCCASIONS = ['nth', 'times'];

/** A fault, with defaults for what is not given. Throws when something is wrong. */
export function faultOf<N extends FaultName>(
  name: N,
  settings: Partial<FaultSettings[N]> = {},
  occasions: Partial<Occasions> = {},
): FaultOf<N> {
  const fault = readFault(name, { ...settings, ...occasions });
  if ('problem' in fault) throw Object.assign(new Error(fault.problem), { code: 'BAD_FAULT' });
  return fault as FaultOf<N>;
}

/** `NAME`, `NAME=VALUE`, `NAME=parameter:value,parameter:value` or `NAME={JSON}`. */
export function parseFault(text: string, nearest: Nearest = () => null): Fault | FaultProblem {
  const [name = '', ...rest] = text.split('=');
  return readFault(name.trim(), rest.join('=').trim(), nearest);
}

/** A fault from its name and its value: an object of parameters, or text as `parseFault` has it behind the sign. */
export function readFault(name: string, value: unknown, nearest: Nearest = () => null): Fault | FaultProblem {
  if (!isFaultName(name)) return unknownName(name, nearest);
  const { takes, times }: Knob = KNOBS[name];
  const given = typeof value === 'string' ? fieldsIn(value, mainParameter(takes)) : (value ?? {});
  if (typeof given !== 'object' || Array.isArray(given)) return { problem: `${name}: cannot read the value` };
  const values = { ...given } as Record<string, unknown>;
  const strange = Object.keys(values).find((key) => !Object.hasOwn(takes, key) && !OCCASIONS.includes(key));
  if (strange !== undefined) {
    const known = [...Object.keys(takes), ...OCCASIONS];
    return { problem: `${name} has no parameter "${strange}"; it takes ${known.join(', ')}` };
  }
  const settings: Record<string, unknown> = {};
  for (const [key, { wanted, otherwise, take }] of Object.entries(takes)) {
    const taken = values[key] === undefined ? otherwise : take(values[key]);
    if (taken === undefined) return { problem: `${name}: ${key} must be ${wanted}` };
    settings[key] = taken;
  }
  const occasions = occasionsIn(values, times ?? null);
  if (occasions === null) return { problem: `${name}: nth and times must be whole numbers from 1 (times: or all)` };
  return { name, settings, ...occasions } as unknown as Fault;
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(KNOBS, name);
}

/** The fault as `parseFault` reads it. */
export function faultText({ name, settings, nth, times }: Fault): string {
  const usual = (KNOBS[name] as Knob).times ?? null;
  const values = { ...settings, ...(nth === 1 ? {} : { nth }), ...(times === usual ? {} : { times: times ?? 'all' }) };
  const texts = Object.entries(values).map(([key, value]) => [key, shown(value)] as const);
  if (texts.length === 0) return name;
  const isPlain = texts.every(([, text]) => !/[,:{]/.test(text));
  return `${name}=${isPlain ? texts.map((pair) => pair.join(':')).join(',') : JSON.stringify(values)}`;
}

/** `freeze=[ms:0],[side:both]`: a knob with its parameters; those with a default in brackets. */
export function knobText(name: FaultName): string {
  const { takes }: Knob = KNOBS[name];
  const parameters = Object.entries(takes).map(([key, { otherwise }]) =>
    otherwise === undefined ? `${key}:…` : `[${key}:${shown(otherwise)}]`,
  );
  return parameters.length === 0 ? name : `${name}=${parameters.join(',')}`;
}

/** What a lone value is for: the parameter that must be given, or the first. */
function mainParameter(takes: Parameters): string | undefined {
  const names = Object.keys(takes);
  return names.find((name) => takes[name]?.otherwise === undefined) ?? names[0];
}

function unknownName(name: string, nearest: Nearest): FaultProblem {
  const near = nearest(name, FAULT_NAMES);
  const hint = near === null ? `there are ${FAULT_NAMES.join(', ')}` : `nearest is "${near}"`;
  return { problem: `there is no fault "${name}"; ${hint}` };
}

function fieldsIn(text: string, first: string | undefined): unknown {
  if (text === '' || text === 'on') return {};
  if (text.startsWith('{')) return parsed(text);
  const fields: Record<string, string> = {};
  for (const [index, part] of text.split(',').entries()) {
    const colon = part.indexOf(':');
    if (colon > 0) fields[part.slice(0, colon).trim()] = part.slice(colon + 1).trim();
    else if (index === 0 && first !== undefined) fields[first] = part.trim();
    else return [];
  }
  return fields;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

function occasionsIn({ nth = 1, times }: Record<string, unknown>, usual: number | null): Occasions | null {
  const count = (given: unknown): number => {
    const value = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given;
    return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : Number.NaN;
  };
  const taken = times === undefined ? usual : times === null || times === 'all' ? null : count(times);
  const first = count(nth);
  return Number.isNaN(first) || Number.isNaN(taken) ? null : { nth: first, times: taken };
}

function shown(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
