import { expect, test } from 'vitest';
import { sparkIsMissing } from '@tillgraph/local-aws/testing/spark';
import { pytest } from '../support/pytest.ts';

const missing = await sparkIsMissing();
if (missing !== undefined) console.warn(`NOT TESTED: the import job's Python: ${missing}`);

test.skipIf(missing !== undefined)("the import job's own tests pass, on real Spark (test/glue)", async () => {
  const { status, printed } = await pytest(['-q', '--durations=5', '-rs']);

  console.log(printed.slice(-3_000));
  expect(printed).toMatch(/\d+ passed/);
  expect(printed).not.toMatch(/\d+ (failed|errors?)\b/);
  expect(status).toBe(0);
});
