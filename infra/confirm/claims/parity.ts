import { sourcesMayWait } from '../api/http-wait.ts';
import { PARITY_CASES, type ParityCase } from '../api/parity-cases.ts';
import { parityCheck } from '../api/parity.ts';
import type { Claim } from '../claim.ts';

const AREA = 'AppSync as it is here';
const ASK = 'Run `PARITY_REMOTE=aws npx vitest run test/parity/appsync.test.ts`, which says what API it needs.';

const quoted = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function sentence({ query, variables, data, errors = [] }: ParityCase): string {
  const asked = `${quoted(query)}${variables === undefined ? '' : ` with the variables ${quoted(variables)}`}`;
  const messages = errors.map((error) => quoted((error as { readonly message: string }).message)).join(', ');
  const expected = [...(data === undefined ? [] : [quoted(data)]), ...(messages === '' ? [] : [`the error ${messages}`])];
  return `AppSync answers ${asked} with ${expected.join(' and ')}.`;
}

/** The cases that nobody has seen on AWS. */
const cases: readonly Claim[] = PARITY_CASES.filter(({ recorded }) => recorded === undefined).map((one) => ({
  ...{ id: one.id, area: AREA, claim: sentence(one), step: 'api' },
  how: 'Sends it to an API with the schema and the resolvers of the parity cases.',
  check: parityCheck(one),
}));

/** What the local AppSync does and no recorded answer of AWS shows. */
export const parityClaims: readonly Claim[] = [
  ...cases,
  {
    id: 'appsync-unknown-key',
    area: AREA,
    claim: 'A key that there is not is refused with 401, and `x-amzn-ErrorType` names `UnauthorizedException`.',
    look: ASK,
  },
  {
    id: 'appsync-syntax-error-400',
    area: AREA,
    claim: 'A document that is no GraphQL is refused with the status 400, and not with 200 and an error.',
    look: 'Send `{}}` with `curl -i`.',
  },
  {
    id: 'appsync-malformed-words',
    area: AREA,
    claim: 'An empty body is refused with 400 and `Request body is empty.`, a body that is no JSON as one that is no GraphQL.',
    look: 'Send an empty body and `{` with `curl -i`.',
  },
  {
    id: 'appsync-no-credentials-words',
    area: AREA,
    claim:
      'A request without a credential is refused with 401 and `Missing authorization header`, one whose credential is of no kind with `Valid authorization header not provided.`.',
    look: 'Send a request without a header, and one with `Authorization: x`, with `curl -i`.',
  },
  {
    id: 'appsync-incomplete-signature',
    area: AREA,
    claim: 'An `Authorization` of AWS without its parts is refused with 403 and `IncompleteSignatureException`.',
    look: 'Send a request with `Authorization: AWS4-HMAC-SHA256 Credential=x` with `curl -i`.',
  },
  {
    id: 'appsync-timeout-of-a-field',
    area: AREA,
    claim:
      "A source that is too slow is `Execution timed out.` with the source's `ExecutionTimeoutException` in `ctx.error`, DynamoDB too, and the handler's answer counts.",
    look: 'Make an HTTP source that answers after a minute, and a resolver whose response handler returns `ctx.error`.',
  },
  {
    id: 'appsync-introspection-off',
    area: AREA,
    claim: 'Where introspection is off, `__schema` is an undefined field.',
    look: 'Deploy stage `prod`, and send `{ __schema { types { name } } }`.',
  },
  {
    id: 'appsync-tokens',
    area: AREA,
    claim: '`x-amzn-appsync-TokensConsumed` follows from bytes and time, and is 1 for nearly every request.',
    look: 'Read the header of some answers of a deployed stage.',
  },
  {
    id: 'appsync-field-error-log',
    area: AREA,
    claim: 'A field that fails is logged as `GraphQLFieldRuntimeError`, and without verbose content only JSON events are left.',
    look: 'Deploy stage `dev`, ask for something that fails, and read the log of the API.',
  },
  {
    id: 'appsync-loop-from-the-right',
    area: AREA,
    claim: '`findLast`, `findLastIndex` and `reduceRight` see the last 1,000 elements.',
    look: "Evaluate `reduceRight` over 1,005 elements with AppSync's `EvaluateCode`.",
  },
  {
    id: 'appsync-bitwise-operators',
    area: AREA,
    claim:
      'APPSYNC_JS has `^`, `>>>`, `|` and `<<`, with the 32 bits that JavaScript gives them; page tokens are sealed with them.',
    look: 'Run `confirm -- offline`: `appsync-bundles-run` holds for the fields with pages.',
  },
  {
    id: 'java-pattern-surrogate-pairs-in-class',
    area: AREA,
    claim: '`util.matches` takes a class of characters beyond U+FFFF for one character each, as `java.util.regex` does.',
    look: 'Evaluate `util.matches("^[\\u{1F600}-\\u{1F64F}]$", "\\u{1F601}")` with the characters written out: it is true.',
  },
  {
    id: 'appsync-resolver-count-limit',
    area: AREA,
    claim: 'A pipeline counts as one resolver in the limit on the resolvers of a request, whatever its functions.',
    look: 'Deploy stage `dev`, and ask for 50 invoices with customer and lines, 101 resolvers in all: the answer has no error.',
  },
  {
    id: 'appsync-http-source-wait',
    area: AREA,
    claim:
      'AppSync lets an HTTP source wait as long as the second step asks the Data API to (10 seconds); otherwise the answer is PENDING, with its id.',
    step: 'api',
    how: 'Makes an HTTP source of an empty queue, whose long poll ends after 10 and after 18 seconds, signed as the stack signs its calls.',
    check: sourcesMayWait,
  },
  {
    id: 'api-key-unauthorized-in-prod',
    area: AREA,
    claim: 'In `prod`, a key that asks for customers or invoices is refused with `Unauthorized`, and for sales it is answered.',
    look: 'Deploy stage `prod`, and send both with the key.',
  },
  {
    id: 'dynamodb-updated-paths',
    area: 'Stream and stores',
    claim: '`UPDATED_OLD` and `UPDATED_NEW` give the elements of the paths that an update names, and not whole attributes.',
    look: 'Run `aws dynamodb update-item` with `SET m.a = :v` and `--return-values UPDATED_NEW`.',
  },
];
