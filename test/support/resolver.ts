import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EarlyReturn, FieldError, ResolverRuntime, copy } from '@tillgraph/local-aws/testing/appsync';
import { placeSeal } from '../../resolvers/shared/place-seal.ts';

/** What a test gives a handler; whatever is left out is as AppSync gives it. */
interface Given {
  readonly args?: object;
  readonly source?: object | null;
  readonly stash?: object;
  /** What the data source gave. */
  readonly result?: unknown;
  /** What the data source could not do. */
  readonly error?: { readonly message: string; readonly type: string };
}

/** An error as the caller of the API would see it. */
interface Complaint {
  readonly errorType: string | null;
  readonly message: string;
  readonly errorInfo: unknown;
}

/** What became of one handler. Everything as JSON carries it. */
export interface Evaluation {
  readonly returned: unknown;
  /** Whether it returned early, so that its data source is not asked. */
  readonly early: boolean;
  /** What ended it. */
  readonly error: Complaint | undefined;
  /** What it complained about while it went on. */
  readonly appended: readonly Complaint[];
  readonly stash: object;
}

/** A resolver or pipeline step as it is deployed. */
interface BuiltResolver {
  readonly request: (given?: Given) => Evaluation;
  readonly response: (given?: Given) => Evaluation;
  /** Both handlers around a data source; an early return or an error leaves the data source alone. */
  readonly resolve: (given: Given, dataSource: (request: unknown) => Pick<Given, 'result' | 'error'>) => Evaluation;
}

/** What tokens of an invoice's lines are sealed with. */
const TOKEN_KEY = '51b1e7c0-ae5c-11f0-9d3a-0affd1c8a6b5';

/** The environment variables of the API. */
const ENVIRONMENT = {
  ...{ STREAM_NAME: 'transactions', CUSTOMERS_TABLE: 'Customers', INVOICES_TABLE: 'Invoices' },
  ...{ WAREHOUSE_WORKGROUP: 'tillgraph-test', WAREHOUSE_DATABASE: 'tillgraph', ANSWERS_TABLE: 'Answers' },
  TOKEN_KEY,
};

/** What a data source says when it cannot answer. */
export const UNANSWERED = { message: 'the table is asleep', type: 'DynamoDB:ProvisionedThroughputExceededException' };

const bundles = join(import.meta.dirname, '..', '..', 'build', 'resolvers');

/** Load `build/resolvers/<name>.js` into the local APPSYNC_JS. @param name - such as `Query.customer` */
export function builtResolver(name: string): BuiltResolver {
  const runtime = new ResolverRuntime(() => undefined, 'refused');
  const handlers = runtime.load({ label: name, text: readFileSync(join(bundles, `${name}.js`), 'utf8') });
  const [parentTypeName = '', fieldName = ''] = name.split('.');

  const evaluate = (handler: 'request' | 'response', given: Given): Evaluation => {
    const { args = {}, source = null, stash = {}, result = null, error } = given;
    const whole = { arguments: args, args, source, stash, result, prev: { result: null }, env: ENVIRONMENT, identity: null };
    const context = copy(runtime.realm, whole) as { stash: unknown; error?: unknown };
    if (error !== undefined) context.error = copy(runtime.realm, error);
    const appended: Complaint[] = [];
    const field = {
      fieldName,
      parentTypeName,
      mode: 'AWS_IAM' as const,
      responseHeaders: {},
      appendError: (one: FieldError) => appended.push(complaint(one)),
    };
    const end = (rest: Partial<Evaluation>): Evaluation => ({
      returned: undefined,
      early: false,
      error: undefined,
      appended,
      stash: plain(context.stash) as object,
      ...rest,
    });
    try {
      return end({ returned: plain(runtime.run(handlers, handlers[handler], context, field)) });
    } catch (thrown) {
      if (thrown instanceof EarlyReturn) return end({ returned: plain(thrown.value), early: true });
      if (thrown instanceof FieldError) return end({ error: complaint(thrown) });
      throw thrown;
    }
  };

  return {
    request: (given = {}) => evaluate('request', given),
    response: (given = {}) => evaluate('response', given),
    resolve(given, dataSource) {
      const asked = evaluate('request', given);
      if (asked.early || asked.error !== undefined) return asked;
      const answered = evaluate('response', { ...given, stash: asked.stash, ...dataSource(asked.returned) });
      return { ...answered, appended: [...asked.appended, ...answered.appended] };
    },
  };
}

/** The token that a list hands out for going on at `place`. */
export const sealed = (scope: string, place: string): string => Buffer.from(JSON.stringify([scope, place])).toString('base64');

/** The token that an invoice's lines hand out for going on at `place`. */
export const sealedPlace = (invoiceNo: string, place: string): string =>
  sealed(`Invoice.lines ${invoiceNo}`, `${place} ${placeSeal(TOKEN_KEY, `${invoiceNo} ${place}`)}`);

/** Tokens that no list made: broken in every way there is. */
export const BROKEN_TOKENS = [
  '',
  'x',
  '%%%%',
  'bm8ganNvbg==',
  Buffer.from('null').toString('base64'),
  Buffer.from('{}').toString('base64'),
  Buffer.from('["half').toString('base64'),
];

const complaint = ({ code, message, errorInfo }: FieldError): Complaint => ({
  errorType: code,
  message,
  errorInfo: plain(errorInfo),
});

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
