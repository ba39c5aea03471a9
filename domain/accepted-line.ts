import { composedLine, fitsOf } from './generated/fits.ts';
import { LINE_FIELDS, type LineField } from './line-fields.ts';
import { refusalOf } from './line-patterns.ts';
import { asTransactionLine, trimmedLine, wrongField, type Refusal, type SentLine } from './line-rules.ts';
import type { TransactionLine } from './transaction-line.ts';

/** Whether `acceptLine` took the line. */
export const isRefusal = (outcome: TransactionLine | Refusal): outcome is Refusal => 'field' in outcome;

/**
 * Take a line that came as JSON or from a file, by the same rules as the GraphQL API.
 *
 * @param sentAt - event time in milliseconds since 1970
 */
export function acceptLine(sent: unknown, sentAt: number): TransactionLine | Refusal {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
    return { field: 'line', value: typeof sent, message: 'line: write an object with the fields of TransactionInput' };
  const fields = sent as Readonly<Record<string, unknown>>;
  for (const { name: field, wanted } of REQUIRED) {
    const value = fields[field];
    if (typeof value !== wanted)
      return { field, value: describe(value), message: `${field}: write a ${wanted}: got ${describe(value)}` };
  }
  for (const { name: field } of OPTIONAL) {
    const value = fields[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      return { field, value: describe(value), message: `${field}: write a string or leave it out: got ${describe(value)}` };
  }
  return acceptSentLine(sent as SentLine, sentAt);
}

/** `acceptLine` for a line whose fields have the right types already. */
export function acceptSentLine(sent: SentLine, sentAt: number): TransactionLine | Refusal {
  const line = composedLine(trimmedLine(sent));
  const wrong = wrongField(line, fitsOf(line));
  return wrong === undefined ? asTransactionLine(line, sentAt) : refusalOf(wrong);
}

const FIELDS = (LINE_FIELDS as readonly LineField[]).map(({ name, kind, optional }) => ({
  name,
  wanted: kind === 'whole number' ? 'number' : 'string',
  isOptional: optional !== undefined,
}));
const REQUIRED = FIELDS.filter(({ isOptional }) => !isOptional);
const OPTIONAL = FIELDS.filter(({ isOptional }) => isOptional);

function describe(value: unknown): string {
  try {
    return (JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing';
  } catch {
    // JSON is read however deep it is nested, and written only as deep as the stack allows.
    return 'a value that is nested too deeply to be shown';
  }
}
