import type { DocumentTree } from './document.ts';

/** A node of a parsed document, as the specification of GraphQL has them: each kind has some of these. */
interface Node {
  readonly kind: string;
  readonly name?: Node;
  readonly alias?: Node | undefined;
  readonly value?: unknown;
  readonly operation?: string;
  readonly type?: Node;
  readonly typeCondition?: Node | undefined;
  readonly variable?: Node;
  readonly defaultValue?: Node | undefined;
  readonly values?: readonly Node[];
  readonly fields?: readonly Node[];
  readonly selections?: readonly Node[];
  readonly selectionSet?: Node | undefined;
  readonly variableDefinitions?: readonly Node[] | undefined;
  readonly arguments?: readonly Node[] | undefined;
  readonly directives?: readonly Node[] | undefined;
}

/**
 * The text of a document that can be executed.
 *
 * @remarks Ours, and short, because a client that sends documents need not bring a library that runs them: `print` of the package
 * `graphql` is as large as half of this client.
 */
export const printDocument = ({ definitions }: DocumentTree): string => definitions.map(print).join('\n\n');

function print(node: Node): string {
  switch (node.kind) {
    case 'OperationDefinition':
      return printOperation(node);
    case 'FragmentDefinition':
      return `fragment ${printed(node.name)} on ${printed(node.typeCondition)}${directives(node)} ${printed(node.selectionSet)}`;
    case 'VariableDefinition':
      return `${printed(node.variable)}: ${printed(node.type)}${before(' = ', node.defaultValue)}${directives(node)}`;
    case 'SelectionSet':
      return `{\n${list(node.selections, '\n').replaceAll(/^/gm, '  ')}\n}`;
    case 'Field':
      return `${after(node.alias, ': ')}${printed(node.name)}${arguments_(node)}${directives(node)}${before(' ', node.selectionSet)}`;
    case 'FragmentSpread':
      return `...${printed(node.name)}${directives(node)}`;
    case 'InlineFragment':
      return `...${before(' on ', node.typeCondition)}${directives(node)} ${printed(node.selectionSet)}`;
    case 'Directive':
      return `@${printed(node.name)}${arguments_(node)}`;
    case 'Argument':
    case 'ObjectField':
      return `${printed(node.name)}: ${printed(node.value as Node)}`;
    case 'ListType':
      return `[${printed(node.type)}]`;
    case 'NonNullType':
      return `${printed(node.type)}!`;
    case 'NamedType':
      return printed(node.name);
    case 'Variable':
      return `$${printed(node.name)}`;
    case 'StringValue':
      return JSON.stringify(node.value);
    case 'NullValue':
      return 'null';
    case 'ListValue':
      return `[${list(node.values, ', ')}]`;
    case 'ObjectValue':
      return `{${list(node.fields, ', ')}}`;
    case 'Name':
    case 'IntValue':
    case 'FloatValue':
    case 'BooleanValue':
    case 'EnumValue':
      return String(node.value);
    default:
      throw new TypeError(`write a document of operations and fragments: got a ${node.kind}`);
  }
}

function printOperation(node: Node): string {
  const { operation = 'query', name, variableDefinitions = [], selectionSet } = node;
  const variables = variableDefinitions.length === 0 ? '' : `(${list(variableDefinitions, ', ')})`;
  return `${operation}${name === undefined && variables === '' ? '' : ' '}${printed(name)}${variables}${directives(node)} ${printed(selectionSet)}`;
}

const printed = (node: Node | undefined) => (node === undefined ? '' : print(node));
const list = (nodes: readonly Node[] | undefined, between: string) => (nodes ?? []).map(print).join(between);
const before = (text: string, node: Node | undefined) => (node === undefined ? '' : `${text}${print(node)}`);
const after = (node: Node | undefined, text: string) => (node === undefined ? '' : `${print(node)}${text}`);
const directives = ({ directives: all }: Node) => (all ?? []).map((one) => ` ${print(one)}`).join('');
const arguments_ = ({ arguments: all }: Node) => (all === undefined || all.length === 0 ? '' : `(${list(all, ', ')})`);
