import { expect, test } from 'vitest';
import { StatementRefusedError } from '../../ingest/warehouse/warehouse-session.ts';

test.each([
  [
    'ERROR: null value in column "country" of relation "sales_line" violates not-null constraint\n  Detail: Failing row contains (536365, 17850, WHITE HANGING HEART).',
    'ERROR: null value in column "country" of relation "sales_line" violates not-null constraint',
  ],
  [
    'ERROR: duplicate key value violates unique constraint "sales_line_pk" Detail: Key (customer_id)=(17850) already exists.',
    'ERROR: duplicate key value violates unique constraint "sales_line_pk"',
  ],
  ['ERROR: invalid input syntax for type integer: "17850.5"', 'ERROR: invalid input syntax for type integer: …'],
  ["ERROR: Invalid digit, Value 'HEART', Pos 0, Type: Integer", 'ERROR: Invalid digit, Value …, Pos 0, Type: Integer'],
  ['ERROR: relation "mart.sales_line" does not exist', 'ERROR: relation "mart.sales_line" does not exist'],
])('a refusal tells the reason, and repeats no row and no value: %s', (words, told) => {
  const refused = new StatementRefusedError('warehouse load', words, false);

  expect(refused.reason).toBe(told);
  expect(refused.message).toBe(`the warehouse refused warehouse load: ${told}`);
  expect(JSON.stringify([...Object.entries(refused), refused.message])).not.toMatch(/17850|HEART/);
});
