import type ts from 'typescript';
import type { Code } from './definition.ts';
import { applyEdits, boundLoops, joinSpreads, replace, type Edit } from './code-edits.ts';
import { checkLanguage, isAssignment, type Refusal } from './language-check.ts';
import { parser } from './typescript-parser.ts';

/** @unit characters, an inline source map included @source AppSync API reference, Resolver.code */
const MAX_CODE_LENGTH = 32_768;

/** Name of the object that prepared code imports from. */
export const MODULES = '__appsyncModules';

const UTILS = '@aws-appsync/utils';

/** Code that AWS would not save. */
export class CodeRefusedError extends Error {
  override readonly name = 'CodeRefusedError';
  readonly code = 'CODE_REFUSED';

  constructor(
    readonly label: string,
    readonly refusals: readonly Refusal[],
  ) {
    super(refusals.map(({ line, column, reason }) => `${label}:${String(line)}:${String(column)}: ${reason}`).join('\n'));
  }
}

export interface PreparedCode {
  /** Statements for the body of a strict function, on the lines they had; they end by returning `{ request, response }`. */
  readonly body: string;
  /** Whether the code may write into what it is given: then it must be given copies. */
  readonly writes: boolean;
}

/**
 * Checks an APPSYNC_JS module and makes it runnable: imports and exports become plain statements, and loops end where AWS ends them.
 *
 * @param exported - for each module that may be imported, the names it has
 * @throws CodeRefusedError
 */
export function prepareCode({ label, text }: Code, exported: Readonly<Record<string, ReadonlySet<string>>>): PreparedCode {
  if (text.length > MAX_CODE_LENGTH) {
    const reason = `code may have ${String(MAX_CODE_LENGTH)} characters, with its source map: it has ${String(text.length)}`;
    throw new CodeRefusedError(label, [{ line: 1, column: 1, reason }]);
  }
  const file = parser.createSourceFile(`${label}.js`, text, parser.ScriptTarget.ESNext, true, parser.ScriptKind.JS);
  const refusals = checkLanguage(file);
  const edits: Edit[] = [];
  const exports = new Map<string, string>();

  for (const statement of file.statements) {
    if (parser.isImportDeclaration(statement)) edits.push(importEdit(file, statement, exported, refusals));
    else if (parser.isExportDeclaration(statement)) edits.push(exportEdit(file, statement, exports, refusals));
    else exportedDeclaration(file, statement, edits, exports);
  }
  for (const name of ['request', 'response']) {
    if (!exports.has(name)) refusals.push({ line: 1, column: 1, reason: `the code must export a function named ${name}` });
  }
  if (refusals.length > 0) throw new CodeRefusedError(label, refusals);

  boundLoops(file, edits);
  joinSpreads(file, edits);
  const body = applyEdits(text, edits);
  return {
    body: `${body}\nreturn { request: ${exports.get('request') ?? ''}, response: ${exports.get('response') ?? ''} };`,
    writes: mayWrite(file),
  };
}

function refusal(file: ts.SourceFile, node: ts.Node, reason: string): Refusal {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return { line: line + 1, column: character + 1, reason };
}

function importEdit(
  file: ts.SourceFile,
  statement: ts.ImportDeclaration,
  exported: Readonly<Record<string, ReadonlySet<string>>>,
  refusals: Refusal[],
): Edit {
  const from = parser.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : '';
  const names = exported[from];
  const bindings = statement.importClause?.namedBindings;
  const statements: string[] = [];
  if (names === undefined) {
    const known = Object.keys(exported).join(' and ');
    refusals.push(refusal(file, statement, `"${from}" cannot be imported: there are ${known}, everything else must be bundled`));
  } else if (statement.importClause?.name !== undefined) {
    refusals.push(refusal(file, statement, `"${from}" has no default export`));
  } else if (bindings !== undefined && parser.isNamespaceImport(bindings)) {
    statements.push(`const ${bindings.name.text} = ${MODULES}[${JSON.stringify(from)}];`);
  } else if (bindings !== undefined) {
    for (const element of bindings.elements) {
      const imported = (element.propertyName ?? element.name).text;
      const local = element.name.text;
      if (!names.has(imported)) refusals.push(refusal(file, element, `"${from}" has no ${imported} here`));
      // util, runtime and extensions are there without an import, under their own names
      if (from !== UTILS || imported !== local)
        statements.push(`const ${local} = ${MODULES}[${JSON.stringify(from)}].${imported};`);
    }
  }
  return replace(file, statement, statements.join(' '));
}

function exportEdit(
  file: ts.SourceFile,
  statement: ts.ExportDeclaration,
  exports: Map<string, string>,
  refusals: Refusal[],
): Edit {
  if (
    statement.exportClause === undefined ||
    !parser.isNamedExports(statement.exportClause) ||
    statement.moduleSpecifier !== undefined
  ) {
    refusals.push(refusal(file, statement, 'exporting from another module is not supported'));
  } else {
    for (const { name, propertyName } of statement.exportClause.elements) exports.set(name.text, (propertyName ?? name).text);
  }
  return replace(file, statement, '');
}

function exportedDeclaration(file: ts.SourceFile, statement: ts.Statement, edits: Edit[], exports: Map<string, string>): void {
  const modifier = parser.canHaveModifiers(statement)
    ? parser.getModifiers(statement)?.find(({ kind }) => kind === parser.SyntaxKind.ExportKeyword)
    : undefined;
  if (modifier === undefined) return;
  edits.push(replace(file, modifier, ''));
  if (parser.isFunctionDeclaration(statement) && statement.name !== undefined)
    exports.set(statement.name.text, statement.name.text);
  if (!parser.isVariableStatement(statement)) return;
  for (const { name } of statement.declarationList.declarations) if (parser.isIdentifier(name)) exports.set(name.text, name.text);
}

const WRITING_METHODS = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']);

/**
 * Whether code may write into objects it did not make itself. Writing to `ctx.stash.x` and one step into a variable that holds
 * a literal of this code is harmless; everything else counts, rather once too often.
 */
function mayWrite(file: ts.SourceFile): boolean {
  const own = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (
      parser.isVariableDeclaration(node) &&
      parser.isIdentifier(node.name) &&
      node.initializer !== undefined &&
      isFresh(node.initializer)
    ) {
      own.add(node.name.text);
    }
    parser.forEachChild(node, collect);
  };
  collect(file);

  const harmless = (target: ts.Expression): boolean => {
    if (parser.isIdentifier(target)) return own.has(target.text);
    return parser.isPropertyAccessExpression(target) && target.name.text === 'stash' && parser.isIdentifier(target.expression);
  };
  let writes = false;
  const visit = (node: ts.Node): void => {
    if (parser.isBinaryExpression(node) && isAssignment(node) && !parser.isIdentifier(node.left)) {
      const { left } = node;
      const member = parser.isPropertyAccessExpression(left) || parser.isElementAccessExpression(left);
      if (!member || !harmless(left.expression)) writes = true;
    } else if (parser.isDeleteExpression(node)) {
      writes = true;
    } else if (parser.isCallExpression(node) && parser.isPropertyAccessExpression(node.expression)) {
      const { name, expression: receiver } = node.expression;
      if (WRITING_METHODS.has(name.text) && !harmless(receiver)) writes = true;
      if (name.text === 'assign' && !(node.arguments[0] !== undefined && parser.isObjectLiteralExpression(node.arguments[0])))
        writes = true;
    }
    parser.forEachChild(node, visit);
  };
  visit(file);
  return writes;
}

function isFresh(node: ts.Expression): boolean {
  return parser.isArrayLiteralExpression(node) || parser.isObjectLiteralExpression(node);
}
