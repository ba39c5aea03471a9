import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ResolverRuntime } from './resolver-runtime.ts';
import type { RunningField } from './util.ts';

interface Golden {
  readonly cases: readonly { readonly case: string; readonly expression: string; readonly answer?: unknown }[];
}

const file = fileURLToPath(new URL('../../../../shared/data/appsync-golden.json', import.meta.url));
const field: RunningField = {
  fieldName: 'f',
  parentTypeName: 'Query',
  mode: 'AWS_IAM',
  responseHeaders: {},
  appendError: () => undefined,
};

/** What the expression is, returned from a request handler and seen as JSON. */
function evaluated(expression: string): unknown {
  const runtime = new ResolverRuntime(() => undefined);
  const text = `
    import { util } from '@aws-appsync/utils';
    import * as ddb from '@aws-appsync/utils/dynamodb';
    export function request(ctx) { return ${expression}; }
    export function response(ctx) { return ctx.result; }`;
  const handlers = runtime.load({ label: 'golden', text });
  return JSON.parse(JSON.stringify(runtime.run(handlers, handlers.request, {}, field)));
}

if (existsSync(file)) {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Golden;

  describe('what AWS answered, recorded', () => {
    test.each(cases.filter((recorded) => 'answer' in recorded))('$case', ({ expression, answer }) => {
      const ours = evaluated(expression);

      expect(ours).toEqual(answer);
    });
  });
} else {
  console.warn(`the answers recorded from AWS are not there (${file}): util and the dynamodb module are not compared with them`);
  test('recorded AWS answers are not compared, because the recording is not beside the repository', (context) => {
    context.skip();
  });
}
