import { readFileSync } from 'node:fs';

/** What a handler was given once, when the whole API answered. */
export interface RecordedContext {
  /** Of the resolver or step. */
  readonly name: string;
  readonly handler: 'request' | 'response';
  /** `ctx`, without what is the same for all. */
  readonly context: Readonly<Record<string, unknown>>;
}

const FILE = new URL('contexts.jsonl', import.meta.url);

/** The environment variables of the API. */
const ENVIRONMENT = {
  ...{ STREAM_NAME: 'transactions', CUSTOMERS_TABLE: 'Customers', INVOICES_TABLE: 'Invoices' },
  ...{ WAREHOUSE_WORKGROUP: 'tillgraph', WAREHOUSE_DATABASE: 'tillgraph', ANSWERS_TABLE: 'Answers' },
};

/** Of every handler one context for each way in which it ends: with a request or an answer, early, or with an error. */
export const recordedContexts = (): readonly RecordedContext[] =>
  readFileSync(FILE, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedContext);

/** The context as EvaluateCode takes it. */
export const contextText = ({ context }: RecordedContext): string =>
  JSON.stringify({
    ...{ source: null, stash: {}, result: null, prev: { result: null }, identity: null, env: ENVIRONMENT },
    ...context,
    args: context['arguments'],
  });
