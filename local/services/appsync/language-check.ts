import type ts from 'typescript';
import { ARRAY_CALLBACKS, GLOBALS, STATICS } from './realm.ts';
import { parser } from './typescript-parser.ts';

/** What APPSYNC_JS would not save, and where. */
export interface Refusal {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** Array methods that take a function, written in place or by its name; nothing else may. */
const CALLBACK_METHODS: ReadonlySet<string> = new Set(ARRAY_CALLBACKS);

/** @source AppSync developer guide, "Supported runtime features": statements, expressions and operators */
const REFUSED_SYNTAX = new Map<ts.SyntaxKind, string>([
  [parser.SyntaxKind.ThrowStatement, 'throw is not supported: use util.error()'],
  [parser.SyntaxKind.TryStatement, 'try/catch/finally is not supported'],
  [parser.SyntaxKind.RegularExpressionLiteral, 'regular expression literals are not supported: use util.matches()'],
  [parser.SyntaxKind.NewExpression, 'new is not supported'],
  [parser.SyntaxKind.AsyncKeyword, 'async is not supported'],
  [parser.SyntaxKind.AwaitExpression, 'await is not supported'],
  [parser.SyntaxKind.AwaitKeyword, 'for await is not supported'],
  [parser.SyntaxKind.YieldExpression, 'generators are not supported'],
  [parser.SyntaxKind.WhileStatement, 'while is not supported: use for…of'],
  [parser.SyntaxKind.DoStatement, 'do…while is not supported: use for…of'],
  [parser.SyntaxKind.ForStatement, 'for (;;) is not supported: use for…of'],
  [parser.SyntaxKind.ContinueStatement, 'continue is not supported'],
  [parser.SyntaxKind.LabeledStatement, 'labels are not supported'],
  [parser.SyntaxKind.DebuggerStatement, 'debugger is not supported'],
  [parser.SyntaxKind.WithStatement, 'with is not supported'],
  [parser.SyntaxKind.ClassDeclaration, 'classes are not supported'],
  [parser.SyntaxKind.ClassExpression, 'classes are not supported'],
  [parser.SyntaxKind.ThisKeyword, 'this is not supported'],
  [parser.SyntaxKind.BigIntLiteral, 'BigInt is not supported'],
  [parser.SyntaxKind.MetaProperty, 'import.meta and new.target are not supported'],
  [parser.SyntaxKind.ExportAssignment, 'export default is not supported: export request and response by name'],
  [parser.SyntaxKind.InKeyword, 'the operator in is not supported: use Object.hasOwn()'],
  [parser.SyntaxKind.InstanceOfKeyword, 'instanceof is not supported'],
  [parser.SyntaxKind.PlusPlusToken, '++ is not supported: use += 1'],
  [parser.SyntaxKind.MinusMinusToken, '-- is not supported: use -= 1'],
  [parser.SyntaxKind.TildeToken, '~ is not supported'],
]);

/** The base properties of `ctx`, which must not be replaced. */
const CONTEXT_PROPERTIES = new Set([
  ...['arguments', 'args', 'source', 'stash', 'result', 'prev', 'error', 'identity', 'request', 'info', 'env'],
]);

/** Looks at every node of an APPSYNC_JS module. @returns what AWS would refuse, in the order of the text */
export function checkLanguage(file: ts.SourceFile): Refusal[] {
  const check = new LanguageCheck(file);
  check.visit(file);
  return check.refusals;
}

class LanguageCheck {
  readonly refusals: Refusal[] = [];
  private readonly declared: ReadonlySet<string>;
  private readonly functions: ReadonlySet<string>;
  private readonly contexts: ReadonlySet<string>;

  constructor(private readonly file: ts.SourceFile) {
    this.declared = declaredNames(file);
    this.functions = functionNames(file);
    this.contexts = contextNames(file);
  }

  private refuse(node: ts.Node, reason: string): void {
    const { line, character } = this.file.getLineAndCharacterOfPosition(node.getStart(this.file));
    this.refusals.push({ line: line + 1, column: character + 1, reason });
  }

  visit(node: ts.Node): void {
    const reason = REFUSED_SYNTAX.get(node.kind);
    if (reason !== undefined) this.refuse(node, reason);
    else if (parser.isPrefixUnaryExpression(node) || parser.isPostfixUnaryExpression(node)) this.checkUnary(node);
    else if (parser.isCallExpression(node)) this.checkCall(node);
    else if (parser.isPropertyAccessExpression(node)) this.checkMember(node);
    else if (parser.isIdentifier(node)) this.checkName(node);
    else if (parser.isFunctionLike(node)) this.checkFunction(node);
    else if (parser.isBinaryExpression(node)) this.checkAssignment(node);
    else if (parser.isReturnStatement(node) && node.expression !== undefined && isFunction(node.expression)) {
      this.refuse(node, 'returning a function is not supported');
    }
    parser.forEachChild(node, (child) => {
      this.visit(child);
    });
  }

  private checkUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
    const text =
      REFUSED_SYNTAX.get(node.operator) ??
      (node.operator === parser.SyntaxKind.PlusToken ? 'unary + is not supported' : undefined);
    if (text !== undefined) this.refuse(node, text);
  }

  private checkCall(node: ts.CallExpression): void {
    const callee = node.expression;
    const method = parser.isPropertyAccessExpression(callee) ? callee.name.text : '';
    if (callee.kind === parser.SyntaxKind.ImportKeyword) this.refuse(node, 'dynamic import is not supported');
    if (method === 'apply' || method === 'bind' || method === 'call') this.refuse(node, `${method}() is not supported`);
    if (method === 'sort' && node.arguments.length > 0) this.refuse(node, 'sort() takes no comparator');
    if (parser.isIdentifier(callee) && Object.hasOwn(STATICS, callee.text) && !this.declared.has(callee.text)) {
      this.refuse(node, `${callee.text}() as a function is not supported`);
    }
    if (parser.isIdentifier(callee) && isInside(node, callee.text))
      this.refuse(node, `recursion is not supported: ${callee.text} calls itself`);
    for (const argument of node.arguments) {
      const passed = isFunction(argument) || (parser.isIdentifier(argument) && this.functions.has(argument.text));
      if (passed && !CALLBACK_METHODS.has(method) && method !== 'sort') {
        this.refuse(argument, 'passing a function as an argument is not supported, except to map, filter, reduce and the like');
      }
    }
  }

  private checkMember(node: ts.PropertyAccessExpression): void {
    if (!parser.isIdentifier(node.expression) || this.declared.has(node.expression.text)) return;
    const members = STATICS[node.expression.text];
    if (members !== undefined && !members.includes(node.name.text)) {
      this.refuse(
        node,
        `${node.expression.text}.${node.name.text} is not supported${members.length === 0 ? '' : `: there are ${members.join(', ')}`}`,
      );
    }
  }

  private checkName(node: ts.Identifier): void {
    if (isReference(node) && !this.declared.has(node.text) && !GLOBALS.has(node.text))
      this.refuse(node, `${node.text} is not defined in APPSYNC_JS`);
  }

  private checkFunction(node: ts.SignatureDeclaration): void {
    if ('asteriskToken' in node && node.asteriskToken !== undefined) this.refuse(node, 'generators are not supported');
    if (parser.isArrowFunction(node) && isFunction(node.body)) this.refuse(node.body, 'returning a function is not supported');
  }

  private checkAssignment(node: ts.BinaryExpression): void {
    const { left } = node;
    if (!isAssignment(node) || !parser.isPropertyAccessExpression(left)) return;
    if (
      parser.isIdentifier(left.expression) &&
      this.contexts.has(left.expression.text) &&
      CONTEXT_PROPERTIES.has(left.name.text)
    ) {
      this.refuse(
        node,
        `${left.expression.text}.${left.name.text} must not be replaced${left.name.text === 'stash' ? ': set its properties' : ''}`,
      );
    }
  }
}

/** `=`, `+=` and the like. */
export function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= parser.SyntaxKind.FirstAssignment && kind <= parser.SyntaxKind.LastAssignment;
}

/** Whether a node is a function written in place. */
function isFunction(node: ts.Node): node is ts.ArrowFunction | ts.FunctionExpression {
  return parser.isArrowFunction(node) || parser.isFunctionExpression(node);
}

/** All names that the module declares anywhere: parameters, variables, functions, imports. */
function declaredNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      parser.isVariableDeclaration(node) ||
      parser.isParameter(node) ||
      parser.isBindingElement(node) ||
      parser.isFunctionDeclaration(node) ||
      parser.isFunctionExpression(node) ||
      parser.isClassLike(node) ||
      parser.isImportSpecifier(node) ||
      parser.isNamespaceImport(node);
    if (declares && node.name !== undefined && parser.isIdentifier(node.name)) names.add(node.name.text);
    parser.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** Names of the module's own functions. */
function functionNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (parser.isFunctionDeclaration(node) && node.name !== undefined) names.add(node.name.text);
    else if (
      parser.isVariableDeclaration(node) &&
      parser.isIdentifier(node.name) &&
      node.initializer !== undefined &&
      isFunction(node.initializer)
    ) {
      names.add(node.name.text);
    }
    parser.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** What `request` and `response` call their parameter. */
function contextNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    if (!parser.isFunctionDeclaration(statement) || !['request', 'response'].includes(statement.name?.text ?? '')) continue;
    const parameter = statement.parameters[0]?.name;
    if (parameter !== undefined && parser.isIdentifier(parameter)) names.add(parameter.text);
  }
  return names;
}

/** Whether a node stands in the body of the function of that name. */
function isInside(node: ts.Node, functionName: string): boolean {
  for (let at = node.parent as ts.Node | undefined; at !== undefined; at = at.parent as ts.Node | undefined) {
    if (parser.isFunctionDeclaration(at) && at.name?.text === functionName) return true;
    if (
      isFunction(at) &&
      parser.isVariableDeclaration(at.parent) &&
      parser.isIdentifier(at.parent.name) &&
      at.parent.name.text === functionName
    ) {
      return true;
    }
  }
  return false;
}

/** Whether an identifier reads or writes a variable, rather than naming a property or declaring something. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (parser.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (parser.isPropertyAssignment(parent) || parser.isMethodDeclaration(parent) || parser.isAccessor(parent))
    return parent.name !== node;
  if (parser.isBindingElement(parent)) return parent.initializer === node;
  if (parser.isImportSpecifier(parent) || parser.isNamespaceImport(parent) || parser.isImportClause(parent)) return false;
  if (parser.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node;
  return !parser.isLabeledStatement(parent) && !parser.isBreakOrContinueStatement(parent);
}
