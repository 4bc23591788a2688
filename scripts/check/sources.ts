import { existsSync, readdirSync } from 'node:fs';
import { posix, relative } from 'node:path';
import { type CallExpression, type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportEqualsDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

/** One mention of a module in a file, in whatever way it can be written. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Nothing of the module is there when the program runs. */
  readonly typeOnly: boolean;
  /** The file of the tree it names, from the root, or null when it is a package or a built-in module. */
  readonly target: string | null;
}

export interface Source {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  readonly imports: readonly Import[];
  /** Lines of `import()` whose module cannot be read off the text. */
  readonly hiddenImports: readonly number[];
}

export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const ROOTS = ['agent', 'scripts', 'test', 'web-ui'];
const CODE = /\.[cm]?[jt]sx?$/;

/** Parses every code file below the root with the compiler that also checks the types. */
export function readSources(root: string): Source[] {
  const paths = ROOTS.flatMap((folder) => codeFiles(root, folder)).sort();
  const config = `${root}/sources.tsconfig.json`;
  const options = {
    noResolve: true,
    noLib: true,
    allowJs: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  const text = JSON.stringify({ compilerOptions: options, files: paths.map((path) => `./${path}`) });
  const api = new API({ cwd: root, fs: { readFile: (name) => (name === config ? text : undefined) } });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProjects()[0];
    return paths.map((path) => {
      const tree = project?.program.getSourceFile(`${root}/${path}`);
      if (tree === undefined) throw new Error(`the compiler did not read ${path}`);
      return readSource(path, tree);
    });
  } finally {
    api.close();
  }
}

/** Calls `visit` for a node and everything below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** The line, from 1, on which a node begins. */
export function lineOf(node: Node, tree: SourceFile): number {
  return tree.text.slice(0, node.getStart(tree)).split('\n').length;
}

function readSource(path: string, tree: SourceFile): Source {
  const imports: Import[] = [];
  const hiddenImports: number[] = [];
  walk(tree, (node) => {
    const found = mention(node);
    if (found === null) return;
    const line = lineOf(node, tree);
    const specifier = writtenOut(found.module);
    if (specifier === null) hiddenImports.push(line);
    else imports.push({ specifier, line, typeOnly: found.typeOnly, target: fileNamed(path, specifier) });
  });
  return { path, text: tree.text, tree, imports, hiddenImports };
}

function writtenOut(module: Node | undefined): string | null {
  if (module === undefined) return null;
  return isStringLiteral(module) || isNoSubstitutionTemplateLiteral(module) ? module.text : null;
}

interface Mention {
  readonly module: Node | undefined;
  readonly typeOnly: boolean;
}

/** `import { type A }` is not type-only: the module is loaded when the program runs. */
function mention(node: Node): Mention | null {
  if (isImportDeclaration(node)) {
    return { module: node.moduleSpecifier, typeOnly: node.importClause?.phaseModifier === SyntaxKind.TypeKeyword };
  }
  if (isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? null : { module: node.moduleSpecifier, typeOnly: node.isTypeOnly };
  }
  if (isImportTypeNode(node)) {
    return { module: isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, typeOnly: true };
  }
  if (isImportEqualsDeclaration(node)) {
    const reference = node.moduleReference;
    return isExternalModuleReference(reference) ? { module: reference.expression, typeOnly: node.isTypeOnly } : null;
  }
  return isCallExpression(node) && loadsModule(node) ? { module: node.arguments[0], typeOnly: false } : null;
}

function loadsModule(call: CallExpression): boolean {
  const called = call.expression;
  return called.kind === SyntaxKind.ImportKeyword || (isIdentifier(called) && called.text === 'require');
}

function fileNamed(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

function codeFiles(root: string, folder: string): string[] {
  if (!existsSync(`${root}/${folder}`)) return [];
  const entries = readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => relative(root, `${entry.parentPath}/${entry.name}`))
    .filter((path) => !path.includes('node_modules/'));
}
