import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { run } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Lights } from '../../../../agent/edges/hardware/light.ts';
import { askOnce } from '../../../../agent/ground/control/json-lines.ts';
import { openKernelPort } from '../../../../agent/ground/gpio/kernel-port.ts';
import type { Lines } from '../../../../agent/ground/gpio/lines.ts';
import { openLines } from '../../../../agent/ground/gpio/open-lines.ts';
import type { GuardStatus } from '../../../../agent/guard/status.ts';
import { type Level, SimulatedChip } from './chip.ts';
import { GatewayTap } from './gateway-tap.ts';
import { ShownPanel } from './panel.ts';
import { Programs, type Started } from './programs.ts';

const PATIENCE_MS = 10_000;
const CONTRACT_MS = 40_000;
const SAMPLE_MS = 10;

const chip = new SimulatedChip('box');
const decoy = new SimulatedChip('decoy');
const tap = new GatewayTap();
const programs = new Programs();
const panel = new ShownPanel();
let held: Lines | null = null;

type Drive = readonly [line: number, level: Level | null];

const drive = (drives: readonly Drive[]): void => {
  for (const [line, level] of drives) chip.drive(line, level);
};

/** What the machine does for whoever watches it from outside; each takes one value and answers one. */
export const calls = {
  /** Each fact of the contract of lines, with why it does not hold. */
  contract: async (file: string) => {
    const facts: { name: string; trouble: string | null }[] = [];
    for await (const { type, data } of run({ files: [file], timeout: CONTRACT_MS })) {
      if (type !== 'test:pass' && type !== 'test:fail') continue;
      const { name, details } = data;
      const trouble = 'error' in details ? String(details.error.cause ?? details.error) : null;
      facts.push({ name, trouble: type === 'test:pass' ? null : (trouble ?? 'failed') });
    }
    return facts;
  },

  /** Before it another chip, so that the number is not the one that everybody would guess. */
  appear: ({ label, lines }: { label: string; lines: number }) => {
    decoy.appear('somebody-else', 8);
    chip.appear(label, lines);
  },

  disappear: () => {
    chip.disappear();
    decoy.disappear();
  },

  drive,

  level: (line: number) => chip.level(line),

  /** All pictures that lines made within some time, first line first. */
  pictures: async ({ lines, ms }: { lines: readonly number[]; ms: number }) => {
    const seen = new Set<string>();
    for (const end = performance.now() + ms; performance.now() < end; await pause(SAMPLE_MS)) {
      seen.add(lines.map((line) => chip.level(line)).join(''));
    }
    return [...seen].sort();
  },

  /** Contacts that bounce: each change after a millisecond. Answers how long the longest took, which is more on a busy machine. */
  bounce: (drives: readonly Drive[]) => {
    let longest = 0;
    for (const [line, level] of drives) {
      const began = performance.now();
      chip.drive(line, level);
      while (performance.now() - began < 1);
      longest = Math.max(longest, performance.now() - began);
    }
    return longest;
  },

  /** Changes contacts; answers how long it took until the bytes that cancel everything had left the guard. */
  cancelAfter: async (drives: readonly Drive[]) => {
    const began = performance.now();
    drive(drives);
    return (await tap.cancelAfter(began)) - began;
  },

  orders: () => tap.statuses,

  listen: ({ port, exchange }: { port: number; exchange: number }) => tap.listen(port, exchange),

  start: (started: Started) => programs.start(started),
  said: (name: string) => programs.said(name),
  signal: ({ name, signal }: { name: string; signal: NodeJS.Signals }) => programs.signal(name, signal),
  end: ({ name, signal }: { name: string; signal: NodeJS.Signals | null }) => programs.end(name, signal),

  ask: async ({ socket, call }: { socket: string; call: object }) =>
    (await askOnce(socket, call, PATIENCE_MS)) as { ok: boolean; error?: string; status: GuardStatus },

  fetch: async (url: string) =>
    (await fetch(url, { headers: { accept: 'application/json' } })).json() as Promise<unknown>,

  write: (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  },

  give: ({ path, uid }: { path: string; uid: number }) => chownSync(path, uid, uid),

  hold: async ({ label, line }: { label: string; line: number }) => {
    const request = { consumer: 'somebody', offsets: [line], direction: 'input' } as const;
    const answer = openLines(await openKernelPort(), [label], request);
    if (answer.kind === 'refused') throw new Error(answer.reason);
    held = answer.lines;
  },

  read: (path: string) => readFileSync(path, 'utf8'),

  letGo: () => held?.close(),

  /** Answers what it told of its parts. */
  wire: (hardware: object) => panel.start(hardware),
  /** Answers after how many milliseconds a line had the level that it has with these lights. */
  show: async ({ lights, line, level }: { lights: Lights; line: number; level: Level }) => {
    const began = performance.now();
    panel.show(lights);
    while (chip.level(line) !== level) await pause(1);
    return performance.now() - began;
  },
  unwire: () => panel.stop(),
};

export type Calls = typeof calls;
