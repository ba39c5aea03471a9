import { line } from '../../support/lines.ts';
import { sent } from '../../support/stream-answers.ts';
import type { Answer, Caller } from './doors.ts';
import type { KnownDifference } from './known-differences.ts';

/** A request to the GraphQL API. */
export interface GraphqlCase {
  readonly name: string;
  /** As it goes over the wire. */
  readonly body: string;
  readonly caller: Caller;
}

const request = (query: string, variables?: object, operationName?: string) =>
  JSON.stringify({ query, variables, operationName });

const asked = (name: string, query: string, variables?: object, operationName?: string): GraphqlCase => ({
  ...{ name, caller: 'key' },
  body: request(query, variables, operationName),
});

const SEND =
  'mutation($one: TransactionInput!) { sendTransaction(input: $one) { accepted failed { index lineId code message } } }';
const SEND_ALL = `mutation($all: [TransactionInput!]!) {
  sendTransactions(input: $all) { accepted failed { index lineId code message } }
}`;

const mutated = (name: string, query: string, variables: object): GraphqlCase => ({
  ...{ name, caller: 'IAM' },
  body: request(query, variables),
});

const input = (changes: object = {}) => ({ ...sent(line({ invoiceNo: 'Q1' })), ...changes });

/**
 * What a client may ask. Invoice G1 of customer 90001 has been sent before.
 *
 * @remarks How many errors a validation finds, where and in which words, is left out: ministack's are graphql-core's.
 */
export const CASES: readonly GraphqlCase[] = [
  asked(
    'a customer',
    '{ customer(customerId: "90001") { customerId country firstInvoiceAt invoiceCount lineCount units revenue } }',
  ),
  asked('an unknown customer', '{ customer(customerId: "404") { country } }'),
  asked(
    'an invoice with its lines and its customer',
    `{ invoice(invoiceNo: "G1") { invoiceNo invoiceDate country cancelled lineCount units total customer { customerId revenue }
       lines { items { lineId stockCode description quantity unitPrice amount } nextToken } } }`,
  ),
  asked(
    'aliases, fragments and directives',
    `query($is: Boolean!) {
       a: invoice(invoiceNo: "G1") { ...Sums } b: invoice(invoiceNo: "404") { ...Sums }
       c: invoice(invoiceNo: "G1") { total @skip(if: $is) ... on Invoice @include(if: $is) { units __typename } }
     }
     fragment Sums on Invoice { total units }`,
    { is: true },
  ),
  asked('one of two operations', 'query A { a: __typename } query B { b: __typename }', {}, 'B'),
  asked('neither of two operations', 'query A { a: __typename } query B { b: __typename }'),
  asked('a day', '{ invoices(from: "2010-12-01", to: "2010-12-01", limit: 500) { items { invoiceNo total } nextToken } }'),
  asked('a country', '{ customers(country: "United Kingdom") { items { customerId } nextToken } }'),
  asked('the invoices of a customer', '{ customer(customerId: "90001") { invoices { items { invoiceNo } nextToken } } }'),
  asked('a question to the warehouse that is not there', '{ sales(groupBy: [MONTH]) { status } }'),
  asked('an empty customer number', '{ customer(customerId: "") { country } }'),
  asked('days in the wrong order', '{ invoices(from: "2011-01-02", to: "2011-01-01") { nextToken } }'),
  asked('a token that is none', '{ invoices(from: "2011-01-01", to: "2011-01-01", nextToken: "zzz") { nextToken } }'),
  asked('a limit too large', '{ invoices(from: "2011-01-01", to: "2011-01-01", limit: 501) { nextToken } }'),
  asked('a day that is in no calendar', '{ invoices(from: "2011-02-30", to: "2011-03-01") { nextToken } }'),
  asked('a field that is not there', '{ nope }'),
  asked('an argument that is not there', '{ invoice(invoiceNo: "1", more: 1) { total } }'),
  asked('a missing argument', '{ invoice { total } }'),
  asked('an object without fields', '{ invoice(invoiceNo: "1") }'),
  asked('a missing variable', 'query($no: ID!) { invoice(invoiceNo: $no) { total } }'),
  asked('a text that is no GraphQL', '{ invoice('),
  asked('an empty query', ''),
  { name: 'no query', body: '{}', caller: 'key' },
  { name: 'no JSON', body: 'nope', caller: 'key' },
  { name: 'variables that are a text', body: '{"query":"{ __typename }","variables":"x"}', caller: 'key' },
  { name: 'variables of null', body: '{"query":"{ __typename }","variables":null}', caller: 'key' },
  { name: 'a request by nobody', body: request('{ __typename }'), caller: 'nobody' },
  asked('an object type', '{ __type(name: "Receipt") { kind fields { name type { kind name ofType { kind name } } } } }'),
  asked('an enum', '{ __type(name: "SalesDimension") { kind enumValues { name } } }'),
  asked(
    'deeper than the limit of the API',
    '{ invoice(invoiceNo: "G1") { customer { invoices { items { customer { invoices { items { customer { invoices { nextToken } } } } } } } } } }',
  ),
  asked('a mutation by key', SEND, { one: input() }),
  mutated('a line', SEND, { one: input() }),
  mutated('a line with a wrong price', SEND, { one: input({ unitPrice: 'x' }) }),
  mutated('a line with a missing field', SEND, { one: { lineId: '1' } }),
  mutated('a line with an unknown field', SEND, { one: input({ more: 1 }) }),
  mutated('a line with half a piece', SEND, { one: input({ quantity: 0.5 }) }),
  mutated('no lines', SEND_ALL, { all: [] }),
  mutated('lines of which some are wrong', SEND_ALL, {
    all: [input(), input({ invoiceNo: 'A 1' }), input({ quantity: 1_000_001 })],
  }),
];

interface ErrorBlock {
  readonly message: string;
  readonly errorType?: string;
  readonly path?: readonly unknown[] | null;
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | null;
}

/** An answer without what each server says in words of its own. */
export function comparable({ status, body }: Answer): unknown {
  const { data, errors } = body as { readonly data?: unknown; readonly errors?: readonly ErrorBlock[] };
  if (errors === undefined) return { status, data: withoutTokens(data) };
  // Before anything is executed: of such errors the words are the server's own.
  if (
    status === 200 &&
    data === null &&
    errors.every(({ path }) => path === undefined || path === null) &&
    !('errorType' in errors[0]!)
  )
    return { status, data, errors: 'not valid' };
  return {
    ...{ status, data },
    errors: errors.map(({ message, errorType, path, locations }) => {
      const [place] = locations ?? [];
      return { message, errorType, path, place: place === undefined ? undefined : [place.line, place.column] };
    }),
  };
}

/** Each stack seals its tokens with a key of its own. */
const withoutTokens = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data ?? null), (name, value: unknown) =>
    name === 'nextToken' && typeof value === 'string' ? 'a token' : value,
  ) as unknown;

const AWS_HTTP = "the AppSync team's account of its HTTP behaviour (graphql-over-http, issue 81)";

export const KNOWN: readonly KnownDifference[] = [
  { name: 'neither of two operations', right: 'ours', because: `400 "Missing operation name.": ${AWS_HTTP}` },
  { name: 'no query', right: 'ours', because: `"Unable to parse GraphQL query." for {}: ${AWS_HTTP}` },
  { name: 'an empty query', right: 'open', because: 'both 400 and MalformedHttpRequestException, in other words' },
  { name: 'no JSON', right: 'open', because: 'both 400 and MalformedHttpRequestException, in other words' },
  { name: 'variables that are a text', right: 'open', because: 'both 400 and MalformedHttpRequestException, in other words' },
  { name: 'a request by nobody', right: 'open', because: 'both 401 and UnauthorizedException, in other words' },
  {
    name: 'a day',
    right: 'ours',
    because: 'a Query reads one partition of an index in order; ministack answers every Query with a scan of the table',
  },
  { name: 'the invoices of a customer', right: 'ours', because: 'a Query again, which ministack answers with a scan' },
  {
    name: 'a country',
    right: 'ours',
    because: 'the functions of a pipeline are resources; its CloudFormation does not make them',
  },
  {
    name: 'a question to the warehouse that is not there',
    right: 'ours',
    because: 'ctx.env is there in every handler; ministack leaves it out around a pipeline',
  },
  {
    name: 'an invoice with its lines and its customer',
    right: 'ours',
    because: 'ctx.env again, which has the key of the tokens',
  },
  { name: 'a day that is in no calendar', right: 'ours', because: 'AWSDate is checked by AppSync; ministack lets any text pass' },
  { name: 'deeper than the limit of the API', right: 'ours', because: 'QueryDepthLimit of the template; ministack has none' },
  { name: 'a mutation by key', right: 'ours', because: '@aws_iam keeps keys out; ministack does not look at the directives' },
  {
    name: 'lines of which some are wrong',
    right: 'ours',
    because: 'what util.appendError adds has path and locations, as every error of a field; ministack leaves both out',
  },
];
