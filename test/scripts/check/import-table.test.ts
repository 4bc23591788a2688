import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importProblems, roomOf } from '../../../scripts/check/import-table.ts';
import { planted, written } from './planted-tree.ts';

interface Violation {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  readonly found: RegExp;
}

/** One file each, in a house where everything that they name exists. */
const VIOLATIONS: readonly Violation[] = [
  {
    title: 'a core room that looks to its right',
    file: 'agent/core/market/planted.ts',
    text: "import { a } from '../orders/order.ts';",
    found: /agent\/core\/market may not see agent\/core\/orders/,
  },
  {
    title: 'a core room that looks to its right for a type only',
    file: 'agent/core/market/planted.ts',
    text: "import type { a } from '../orders/order.ts';",
    found: /agent\/core\/market may not see agent\/core\/orders/,
  },
  {
    title: 'core that looks at a contract',
    file: 'agent/core/risk/planted.ts',
    text: "import type { Clock } from '../../edges/system/clock.ts';",
    found: /may not see agent\/edges\/system/,
  },
  {
    title: 'core that uses a built-in module',
    file: 'agent/core/market/planted.ts',
    text: "import { readFileSync } from 'node:fs';",
    found: /agent\/core\/market may not use node:fs/,
  },
  {
    title: 'a contract that uses a built-in module',
    file: 'agent/edges/store/planted.ts',
    text: "import type { Buffer } from 'node:buffer';",
    found: /may not use node:buffer/,
  },
  {
    title: 'work that uses a built-in module',
    file: 'agent/work/scheduler/planted.ts',
    text: "import { setTimeout } from 'node:timers/promises';",
    found: /may not use node:timers/,
  },
  {
    title: 'the scheduler that looks at a workflow',
    file: 'agent/work/scheduler/planted.ts',
    text: "export * from '../workflows/enter.ts';",
    found: /agent\/work\/scheduler may not see agent\/work\/workflows/,
  },
  {
    title: 'work that looks at an implementation',
    file: 'agent/work/workflows/planted.ts',
    text: "import { LevelStore } from '../../edges/store/level/level-store.ts';",
    found: /may not see agent\/edges\/store\/level/,
  },
  {
    title: 'one implementation that looks at another',
    file: 'agent/edges/store/memory/planted.ts',
    text: "import { LevelStore } from '../level/level-store.ts';",
    found: /agent\/edges\/store\/memory may not see agent\/edges\/store\/level/,
  },
  {
    title: "an implementation that looks at another edge's contract",
    file: 'agent/edges/store/memory/planted.ts',
    text: "import type { Broker } from '../../broker/broker.ts';",
    found: /may not see agent\/edges\/broker/,
  },
  {
    title: 'the guard that looks at the agent',
    file: 'agent/guard/planted.ts',
    text: "import { a } from '../core/orders/order.ts';",
    found: /agent\/guard may not see agent\/core\/orders/,
  },
  {
    title: 'ground that looks at anything of ours',
    file: 'agent/ground/wire/planted.ts',
    text: "import { a } from '../../core/market/money.ts';",
    found: /may not see agent\/core\/market/,
  },
  {
    title: 'somebody other than a root that reads the configuration',
    file: 'agent/work/workflows/planted.ts',
    text: "import type { Config } from '../../config/config.ts';",
    found: /may not see agent\/config/,
  },
  {
    title: 'somebody who looks at a root',
    file: 'agent/lab/backtest/planted.ts',
    text: "import { compose } from '../../compose.ts';",
    found: /may not see agent\/compose.ts/,
  },
  {
    title: 'the agent that looks at a test',
    file: 'agent/core/market/planted.ts',
    text: "import { a } from '../../../test/a.ts';",
    found: /may not see test/,
  },
  {
    title: 'the page that takes more than types of the snapshot',
    file: 'web-ui/planted.ts',
    text: "import { a } from '../agent/edges/status/snapshot.ts';",
    found: /may import only types/,
  },
  {
    title: 'the page that looks past the snapshot',
    file: 'web-ui/planted.ts',
    text: "import type { a } from '../agent/edges/status/board.ts';",
    found: /web-ui may not see agent\/edges\/status/,
  },
  {
    title: 'a library away from its home',
    file: 'agent/edges/status/mqtt/planted.ts',
    text: "import { Level } from 'level';",
    found: /the library level belongs to agent\/edges\/store\/level/,
  },
  {
    title: 'a library away from its home for a type only, by a path into it',
    file: 'agent/work/workflows/planted.ts',
    text: "import type { Order } from '@stoqey/ib/dist/order.js';",
    found: /the library @stoqey\/ib belongs to agent\/edges\/broker\/ib/,
  },
  {
    title: 'a library without a home',
    file: 'agent/edges/store/level/planted.ts',
    text: "import leftPad from 'left-pad';",
    found: /the library left-pad has no home/,
  },
  {
    title: 'an import from a folder without a name',
    file: 'agent/work/workflows/planted.ts',
    text: "import { a } from '../../core/weather/rain.ts';",
    found: /agent\/core\/weather\/rain.ts lies in a folder that the import table does not name/,
  },
  {
    title: 'a file in a folder without a name',
    file: 'agent/edges/broker/elsewhere/planted.ts',
    text: 'export const a = 1;',
    found: /planted.ts:1 lies in a folder that the import table does not name/,
  },
  {
    title: 'an import that happens while the program runs',
    file: 'agent/work/workflows/planted.ts',
    text: "export const later = () => import('../../edges/store/level/level-store.ts');",
    found: /may not see agent\/edges\/store\/level/,
  },
  {
    title: 'an import whose name is computed',
    file: 'agent/edges/store/level/planted.ts',
    text: 'export const later = (name: string) => import(name);',
    found: /imports a module whose name is not written out/,
  },
  {
    title: 'an import within a type',
    file: 'agent/core/market/planted.ts',
    text: "export type A = import('../risk/limits.ts').Limits;",
    found: /agent\/core\/market may not see agent\/core\/risk/,
  },
  {
    title: 'a built-in module without node: in front',
    file: 'agent/edges/store/level/planted.ts',
    text: "import { readFileSync } from 'fs';",
    found: /writes "fs" without node: in front/,
  },
  {
    title: 'an absolute path',
    file: 'agent/edges/store/level/planted.ts',
    text: "import { a } from '/agent/core/market/money.ts';",
    found: /neither a relative path nor a library/,
  },
  {
    title: 'require',
    file: 'agent/core/market/planted.ts',
    text: "declare const require: (name: string) => unknown;\nexport const fs = require('node:fs');",
    found: /planted.ts:2 agent\/core\/market may not use node:fs/,
  },
];

for (const { title, file, text, found } of VIOLATIONS) {
  test(`found: ${title}`, () => {
    const problems = written(importProblems(planted({ [file]: text })));
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] as string, found);
  });
}

test('what the table allows is not a problem', () => {
  const allowed = {
    'agent/core/orders/a.ts': "import type { Money } from '../market/money.ts';\nimport { b } from './b.ts';",
    'agent/edges/store/store.ts': "import type { Order } from '../../core/orders/order.ts';",
    'agent/edges/store/level/level-store.ts':
      "import { join } from 'node:path';\nimport { Level } from 'level';\nimport type { Store } from '../store.ts';\nimport type { Log } from '../../system/log.ts';",
    'agent/work/workflows/enter.ts': "import type { Store } from '../../edges/store/store.ts';",
    'agent/lab/backtest/run.ts':
      "import { enter } from '../../work/workflows/enter.ts';\nimport { IbBroker } from '../../edges/broker/ib/ib-broker.ts';",
    'agent/main.ts': "import { Command } from 'commander';\nexport const load = () => import('./cli/run.ts');",
    'agent/cli/run.ts': "import { compose } from '../compose.ts';\nimport { Config } from '../config/config.ts';",
    'web-ui/page.ts': "import type { Snapshot } from '../agent/edges/status/snapshot.ts';",
    'test/a.test.ts':
      "import fc from 'fast-check';\nimport { test } from 'node:test';\nimport { a } from '../agent/guard/gate.ts';",
    'scripts/bench/a.ts': "import { a } from '../../agent/core/pricing/european.ts';",
  };
  assert.deepEqual(written(importProblems(planted(allowed))), []);
});

test('words in comments and texts are not imports', () => {
  const file = {
    'agent/core/market/a.ts':
      "// import { x } from 'node:fs';\n/* export * from '../risk/x.ts' */\nexport const text = `import('level')` + \"from 'level'\";\nexport const rule = /import 'fs'/;",
  };
  assert.deepEqual(importProblems(planted(file)), []);
});

test('a ring of files is found once and written out', () => {
  const ring = {
    'agent/core/market/a.ts': "import { b } from './b.ts';\nexport const a = b;",
    'agent/core/market/b.ts': "export { c as b } from './c.ts';",
    'agent/core/market/c.ts': "import { a } from './a.ts';\nexport const c = () => a;",
  };
  assert.deepEqual(written(importProblems(planted(ring))), [
    'agent/core/market/a.ts:1 imports itself: agent/core/market/a.ts → agent/core/market/b.ts → agent/core/market/c.ts → agent/core/market/a.ts',
  ]);
});

test('a ring of types only is a ring', () => {
  const ring = {
    'agent/work/scheduler/task.ts':
      "import type { Runner } from './runner.ts';\nexport type Task = (runner: Runner) => void;",
    'agent/work/scheduler/runner.ts': "export interface Runner { next(): import('./task.ts').Task }",
  };
  assert.match(written(importProblems(planted(ring))).join(), /runner.ts → agent\/work\/scheduler\/task.ts → /);
});

test('a room reaches into its folders, but a contract ends where a sub-folder begins', () => {
  assert.equal(roomOf('agent/edges/store/store.ts')?.at, 'agent/edges/store');
  assert.equal(roomOf('agent/edges/store/level/keys.ts')?.at, 'agent/edges/store/level');
  assert.equal(roomOf('agent/edges/store/other/keys.ts'), null);
  assert.equal(roomOf('agent/core/market/deep/file.ts')?.at, 'agent/core/market');
  assert.equal(roomOf('agent/core/marketing/file.ts'), null);
  assert.equal(roomOf('agent/elsewhere.ts'), null);
});
