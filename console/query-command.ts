import { Kind, OperationTypeNode, parse } from 'graphql';
import { NoStackError, errorLine, exitCodeOf, readOptions, UsageError, type Outputs } from '@tillgraph/local-aws';
import { signer } from '../sdk/request/authenticate.ts';
import { HOW_TO_GET_DATA, isStackGone, runningStack } from './running-stack.ts';
import type { Terminal } from './terminal.ts';

const QUERY_HELP = `Asks the API of the running local stack by GraphQL, and prints the answer for people to read.

  npm run query -- [DOCUMENT] [options]

  npm run query -- '{ customers(country: "France", limit: 3) { items { customerId revenue } } }'
  npm run query < document.graphql

  --data DIR         the local stack that runs on this data directory (default .local, or .local-demo when only the demo runs)
  --variables JSON   values of the document's variables
  --help             this text

Queries use the API key, mutations are signed. "npm run -s query" leaves out what npm itself says.

Exit code: 0 answered, 1 could not run, or the answer has errors, 2 a command line that is not understood.
`;

/** What the API answers. */
interface GraphqlResponse {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly errorType?: string | null;
    readonly path?: readonly unknown[] | null;
  }[];
}

/** Run the command. @returns the exit code */
export async function queryCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { print, say } = terminal;
  try {
    const { values, positionals } = readOptions({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        variables: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      print(QUERY_HELP);
      return 0;
    }
    const variables = variablesIn(values.variables);
    if (positionals.length === 0 && terminal.piped === undefined)
      throw new UsageError(`write a document: npm run query -- '{ … }'`);
    const stack = runningStack(values.data);
    const query = positionals.length > 0 ? positionals.join(' ') : ((await terminal.piped?.()) ?? '');
    const { data, errors = [] } = await postQuery(stack, query, variables);
    if (data !== undefined && data !== null) print(`${JSON.stringify(data, null, 2)}\n`);
    for (const { message, errorType, path } of errors)
      say(
        `${errorLine(new Error(`${path == null ? '' : `${path.join('.')}: `}${message}${errorType == null ? '' : ` (${errorType})`}`))}\n`,
      );
    if (errors.length > 0) return 1;
    if (isEmpty(data) && (await hasNoLine(stack))) say(`${HOW_TO_GET_DATA}\n`);
    return 0;
  } catch (error) {
    say(`${errorLine(error)}\n`);
    return exitCodeOf(error);
  }
}

/** @throws UsageError */
function variablesIn(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw new UsageError(`--variables ${text}: write a JSON object, such as {"country": "France"}`, { cause });
  }
  throw new UsageError(`--variables ${text}: write a JSON object, such as {"country": "France"}`);
}

/** @throws NoStackError */
async function postQuery(stack: Outputs, query: string, variables: object): Promise<GraphqlResponse> {
  const { graphqlUrl } = stack;
  if (graphqlUrl === undefined) throw new NoStackError('the stack has no GraphQL API');
  const body = JSON.stringify({ query, variables });
  const headers =
    stack.apiKey === undefined || isMutation(query)
      ? await signer(new URL(graphqlUrl), stack)(Buffer.from(body))
      : { 'x-api-key': stack.apiKey };
  try {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    return (await response.json()) as GraphqlResponse;
  } catch (cause) {
    if (!isStackGone(cause)) throw cause;
    throw new NoStackError(`nobody answers at ${graphqlUrl}: start the stack again with npm start`, { cause });
  }
}

/** What is no GraphQL is for the API to refuse. */
function isMutation(query: string): boolean {
  try {
    return parse(query).definitions.some(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION,
    );
  } catch {
    return false;
  }
}

/** Whether an answer has nothing in it: no object, no element of a list, at any place below the fields that were asked for. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  const below = Object.values(value);
  return below.some((part) => typeof part === 'object' && part !== null)
    ? below.every((part) => typeof part !== 'object' || isEmpty(part))
    : below.every((part) => part === null);
}

async function hasNoLine(stack: Outputs): Promise<boolean> {
  const { data } = await postQuery(
    stack,
    '{ invoices(from: "1900-01-01", to: "2199-12-31", limit: 1) { items { invoiceNo } } }',
    {},
  );
  return isEmpty(data);
}
