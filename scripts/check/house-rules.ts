import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isClassDeclaration,
  isExportAssignment,
  isFunctionDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isPropertyAccessExpression,
  isTypeAliasDeclaration,
} from 'typescript/unstable/ast/is';
import { isMemberName, purityProblems } from './purity.ts';
import { lineOf, type Problem, type Source, walk } from './sources.ts';

const MOST_LINES = 300;
const MOST_TEST_LINES = 400;

/** Rooms that one must be able to read as a whole, with those that are only there for them: the most lines that are not empty. */
const MOST_LINES_OF: readonly (readonly [readonly string[], number])[] = [
  [['agent/guard'], 1_000],
  [['agent/guard', 'agent/guard/closing', 'agent/ground/relay', 'agent/ground/time'], 1_900],
];

/** Names that say nothing about what is in a file, a folder or a type. */
const EMPTY_NAMES = /^(utils?|helpers?|common|shared|lib|types?|interfaces?|misc|managers?|services?|base)$/;

/** Modules that read or wait for the machine's clock. */
const TIME_MODULES = /^(node:)?(timers(\/promises)?|perf_hooks)$/;

/** The one room of the agent that may know the machine's clock; and those before it is read, or that see nothing of it. */
const CLOCK_HOMES = ['agent/edges/system/host/', 'agent/ground/time/', 'agent/ground/compiled/'];

/** What is read off the machine's clock, as a name that stands alone and as a member of another. */
const CLOCK_NAMES = new Set(['Date', 'setTimeout', 'setInterval']);
const CLOCK_MEMBERS = new Set(['performance.now', 'performance.timeOrigin', 'process.hrtime', 'process.uptime']);

/** In the pure rooms and in a replay nothing may differ from one run to the next. */
const CHANCE = /^agent\/(core|work|lab)\//;

/** Every break of the rules about size, names, exports, clocks and the pure core that can be seen in a file's text. */
export function houseProblems(sources: readonly Source[]): Problem[] {
  const ofFiles = sources.flatMap((source) => [
    ...sizeProblems(source),
    ...nameProblems(source),
    ...exportProblems(source),
    ...(source.path.startsWith('agent/') && !CLOCK_HOMES.some((home) => source.path.startsWith(home))
      ? clockProblems(source)
      : []),
    ...(source.path.startsWith('agent/core/') ? purityProblems(source) : []),
  ]);
  return [...ofFiles, ...roomProblems(sources)];
}

function roomProblems(sources: readonly Source[]): Problem[] {
  return MOST_LINES_OF.flatMap(([rooms, most]) => {
    const inside = sources.filter(({ path }) => rooms.includes(path.slice(0, path.lastIndexOf('/'))));
    const lines = inside.reduce((sum, { text }) => sum + (text.match(/^.*\S/gm)?.length ?? 0), 0);
    const [path = ''] = rooms;
    return lines <= most ? [] : [{ path, line: 1, text: `${rooms.join(', ')}: ${lines} lines; ${most} is the most` }];
  });
}

function sizeProblems({ path, text }: Source): Problem[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const most = path.startsWith('test/') ? MOST_TEST_LINES : MOST_LINES;
  return lines <= most ? [] : [{ path, line: most + 1, text: `has ${lines} lines; ${most} is the most, split it` }];
}

function nameProblems({ path, tree }: Source): Problem[] {
  const folders = path.split('/');
  const file = (folders.pop() as string).replace(/\.(test\.)?[cm]?[jt]sx?$/, '');
  const problems: Problem[] = [];
  if (file === 'index') problems.push({ path, line: 1, text: 'is an index file; import the file that is meant' });
  for (const name of [...folders, file.split('-').at(-1) as string, file]) {
    if (EMPTY_NAMES.test(name)) problems.push({ path, line: 1, text: `"${name}" is no name: say what is in it` });
  }
  for (const statement of tree.statements) {
    const name = declaredName(statement);
    const lastWord = name?.match(/[A-Z]?[a-z]+$/)?.[0].toLowerCase();
    if (lastWord !== undefined && EMPTY_NAMES.test(lastWord)) {
      problems.push({ path, line: lineOf(statement, tree), text: `"${name}" ends in a word that says nothing` });
    }
  }
  return dropRepeats(problems);
}

/** The name of a type, class or function declared by a statement; constants may be a base or a type of something. */
function declaredName(statement: Node): string | null {
  const named = isClassDeclaration(statement) || isInterfaceDeclaration(statement) || isTypeAliasDeclaration(statement);
  return named ? (statement.name?.text ?? null) : null;
}

function exportProblems({ path, tree }: Source): Problem[] {
  const text = 'has a default export; name it';
  return tree.statements
    .filter((statement) => isExportAssignment(statement) || isDefault(statement) || exportsAsDefault(statement, tree))
    .map((statement) => ({ path, line: lineOf(statement, tree), text }));
}

function isDefault(statement: Node): boolean {
  const declared =
    isFunctionDeclaration(statement) || isClassDeclaration(statement) || isInterfaceDeclaration(statement);
  return declared && (statement.modifiers ?? []).some((modifier) => modifier.kind === SyntaxKind.DefaultKeyword);
}

function exportsAsDefault(statement: Node, tree: SourceFile): boolean {
  return statement.kind === SyntaxKind.ExportDeclaration && /\bas\s+default\b/.test(statement.getText(tree));
}

function clockProblems({ path, tree, imports }: Source): Problem[] {
  const problems: Problem[] = imports
    .filter(({ specifier }) => TIME_MODULES.test(specifier))
    .map(({ specifier, line }) => ({ path, line, text: `uses ${specifier}; time comes from the Clock` }));
  walk(tree, (node) => {
    const found = clockNamed(node, path);
    if (found !== null) problems.push({ path, line: lineOf(node, tree), text: `uses ${found}` });
  });
  return problems;
}

/** What a node takes from the machine's clock or from chance, or null. */
function clockNamed(node: Node, path: string): string | null {
  if (isPropertyAccessExpression(node)) {
    const member = `${isIdentifier(node.expression) ? node.expression.text : '?'}.${node.name.text}`;
    if (CLOCK_MEMBERS.has(member)) return `${member}; time comes from the Clock`;
    if (member === 'Temporal.Now' && !/^agent\/(cli\/|main\.ts)/.test(path))
      return `${member}; time comes from the Clock`;
    if (member === 'Math.random' && CHANCE.test(path)) return `${member}; draws come from a seed`;
    if (/^(globalThis|global)\./.test(member) && CLOCK_NAMES.has(node.name.text))
      return `${member}; time comes from the Clock`;
    return null;
  }
  const standsAlone = isIdentifier(node) && CLOCK_NAMES.has(node.text) && !isMemberName(node);
  return standsAlone ? `${node.text}; time comes from the Clock` : null;
}

function dropRepeats(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem, index) => problems.findIndex((other) => other.text === problem.text) === index);
}
