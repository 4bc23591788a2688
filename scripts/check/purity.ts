import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isIdentifier } from 'typescript/unstable/ast/is';
import { lineOf, type Problem, type Source, walk } from './sources.ts';

/** Ways out of a calculation that need no import. The clock and chance have rules of their own. */
const IMPURE = new Set([
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'navigator'],
  ...['process', 'console', 'globalThis', 'global', 'crypto', 'performance', 'eval', 'require'],
  ...['queueMicrotask', 'setImmediate'],
]);

const WAITING: ReadonlySet<SyntaxKind> = new Set([SyntaxKind.AwaitKeyword, SyntaxKind.AsyncKeyword]);

/** What of a file of the core is more than a calculation. */
export function purityProblems({ path, tree }: Source): Problem[] {
  const problems: Problem[] = [];
  walk(tree, (node) => {
    const text = impurity(node);
    if (text !== null) problems.push({ path, line: lineOf(node, tree), text });
  });
  return problems;
}

function impurity(node: Node): string | null {
  if (node.kind === SyntaxKind.AwaitExpression || WAITING.has(node.kind)) {
    return `uses ${node.kind === SyntaxKind.AsyncKeyword ? 'async' : 'await'}; the core waits for nothing`;
  }
  const standsAlone = isIdentifier(node) && IMPURE.has(node.text) && !isMemberName(node);
  return standsAlone ? `uses ${node.text}; the core is pure` : null;
}

/** `x.Date`, `{ Date: 1 }` and `interface X { Date: … }` only happen to be spelled like a name that stands alone. */
export function isMemberName(node: Node): boolean {
  const parent = node.parent as Node & { readonly name?: Node };
  const kinds = [
    SyntaxKind.PropertyAccessExpression,
    SyntaxKind.PropertyAssignment,
    SyntaxKind.PropertySignature,
    SyntaxKind.PropertyDeclaration,
    SyntaxKind.MethodDeclaration,
    SyntaxKind.MethodSignature,
    SyntaxKind.QualifiedName,
  ];
  return kinds.includes(parent.kind) && parent.name === node;
}
