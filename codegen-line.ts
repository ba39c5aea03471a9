// Writes what cannot import the definition of the line (domain/line-fields.ts). `npm run generate` runs it before GraphQL's generator;
// with --check it writes nothing, and fails where a file is not what it would write.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  CATALOG_TYPES,
  CHARACTERS,
  EXPECTED_BESIDE_FIELDS,
  LINE_FIELDS,
  SHOWN_BESIDE_FIELDS,
  type LineField,
} from './domain/line-fields.ts';
import { MAX_PIECES, MAX_POUNDS_OF_A_LINE } from './domain/limits.ts';

const root = import.meta.dirname;
const fields: readonly LineField[] = LINE_FIELDS;
const patterned = fields.filter(({ pattern }) => pattern !== undefined);
const ofFiles = fields.filter(({ fileNames }) => fileNames !== undefined);
const ofPatterns = patterned.filter((field) => ofFiles.includes(field));
const composed = fields.filter(({ isComposed }) => isComposed === true);
const content = fields.filter(({ isKey }) => isKey !== true);

/** `invoiceNo` is `invoice_no`. */
const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const isOptional = ({ optional }: Pick<LineField, 'optional'>) => optional !== undefined;
const each = (some: readonly LineField[], write: (field: LineField) => string) => some.map(write).join('\n');
const typeOf = ({ kind }: LineField) => (kind === 'whole number' ? 'number' : 'string');
/** A text of JSON is one of TypeScript and of Python. */
const quoted = (text: string) => JSON.stringify(text);
/** A pattern that names kinds of characters, so that each stands once in a bundle. */
const withNames = (pattern: string) => {
  const named = Object.entries(CHARACTERS).reduce((text, [name, kind]) => text.replace(kind, `\${${name}}`), pattern);
  return named === pattern ? quoted(pattern) : `\`${named}\``;
};
const expected = { ...Object.fromEntries(fields.map((field) => [field.name, field.expected])), ...EXPECTED_BESIDE_FIELDS };

const HEAD = 'Generated from domain/line-fields.ts by `npm run generate`.';

/** The checks, unrolled: AppSync counts every turn of a loop, and stops a request near a thousand. */
const line = `// ${HEAD}
// Resolvers bundle this file: only what APPSYNC_JS knows.
import { isExistingDay } from '../calendar.ts';
import { isQuantity, isSummable, type WrongField } from '../field-rules.ts';
import { toThreePlaces } from '../pounds.ts';
import type { TransactionLine } from '../transaction-line.ts';

/** What is sent of a line, as it travels the stream. */
export interface LineFields {
${each(fields, (field) => `/** ${field.sent} */\n  readonly ${field.name}${isOptional(field) ? '?' : ''}: ${typeOf(field)};`)}
}

/** A line as a client writes it: any text may have outer blanks, and absence may be \`null\`. */
export interface SentLine {
${each(fields, (field) => `readonly ${field.name}${isOptional(field) ? '?' : ''}: ${typeOf(field)}${isOptional(field) ? ' | null | undefined' : ''};`)}
}

${Object.entries(CHARACTERS)
  .map(([name, kind]) => `const ${name} = ${quoted(kind)};`)
  .join('\n')}

/** The patterns that a trimmed text must match, whole. */
export const PATTERNS = {
${each(patterned, ({ name, pattern = '' }) => `${name}: ${withNames(pattern)},`)}
};

/** What each field must look like, for messages. */
export const EXPECTED = {
${Object.entries(expected)
  .map(([name, text]) => `${name}: ${quoted(text)},`)
  .join('\n')}
};

/** Whether each text of a line matches its pattern. An absent one matches where it may be absent. */
export type Fits = Readonly<Record<keyof typeof PATTERNS, boolean>>;

/** The line with outer blanks removed. */
export function trimmedLine(line: SentLine): SentLine {
${each(
  fields.filter(({ optional }) => optional === 'blank is absent'),
  ({ name }) => `const ${name} = (line.${name} ?? '').trim();`,
)}
  return {
${each(fields, ({ name, kind, optional }) => {
  if (kind === 'whole number') return `${name}: line.${name},`;
  if (optional === 'blank is absent') return `${name}: ${name} === '' ? undefined : ${name},`;
  return `${name}: line.${name}${optional !== undefined ? '?.' : '.'}trim(),`;
})}
  };
}

/** The first field of a trimmed line that is wrong, or \`undefined\`. */
export function wrongField(line: SentLine, fits: Fits): WrongField | undefined {
${each(fields, ({ name, kind, optional }) => {
  const value = `line.${name}`;
  if (kind === 'whole number') return `if (!isQuantity(${value})) return wrong('${name}', \`\${${value}}\`);`;
  const isWrong = `!fits.${name}${kind === 'date and time' ? ` || !isExistingDay(${value})` : ''}`;
  return `if (${isWrong}) return wrong('${name}', ${value}${optional !== undefined ? " ?? ''" : ''});`;
})}
  if (!isSummable(line.quantity, line.unitPrice)) return wrong('amount', \`\${line.quantity} x \${line.unitPrice}\`);
  return undefined;
}

const wrong = (field: keyof typeof EXPECTED, value: string): WrongField => ({ field, value, expected: EXPECTED[field] });

/** An accepted, trimmed line in the form that travels the stream. */
export function asTransactionLine(line: SentLine, sentAt: number): TransactionLine {
  return {
${each(fields, ({ name, kind, optional }) => {
  const value = `line.${name}`;
  if (optional !== undefined) return `...(${value} === undefined || ${value} === null ? {} : { ${name}: ${value} }),`;
  // \`+ 0\` makes a 0 of a -0.
  if (kind === 'whole number') return `${name}: ${value} + 0,`;
  if (kind === 'date and time') return `${name}: \`\${${value}.slice(0, 19)}Z\`,`;
  return `${name}: ${kind === 'pounds' ? `toThreePlaces(${value})` : value},`;
})}
    sentAt,
  };
}

/** What a version of a line says, each field as a text. */
export const contentTexts = (line: TransactionLine): string[] => [
${each(content, ({ name, kind, optional }) => (kind === 'whole number' ? `\`\${line.${name}}\`,` : `line.${name}${optional !== undefined ? " ?? ''" : ''},`))}
];
`;

/** The patterns asked of one engine, and the letters composed. @param matches - the call that asks for `name`, about `value` */
const fits = (imports: string, plain: string, matches: (name: string, value: string) => string) => `// ${HEAD}
${imports}

/** Whether each text of a trimmed, composed line matches its pattern. */
export const fitsOf = (line: SentLine): Fits => ({
${each(patterned, ({ name, optional }) => {
  const absent = optional !== undefined ? `line.${name} === undefined || line.${name} === null || ` : '';
  return `${name}: ${absent}${matches(name, `line.${name}`)},`;
})}
});

/** The line with its texts of any script in Unicode's normalization form C. */
export function composedLine(line: SentLine): SentLine {
  const { ${composed.map(({ name }) => name).join(', ')} } = line;
  ${plain}
  return {
    ...line,
${each(composed, ({ name, optional }) => `${name}: ${optional !== undefined ? `${name} === undefined || ${name} === null ? undefined : ` : ''}composed(${name}),`)}
  };
}
`;

const inAppSync = fits(
  `import { util } from '@aws-appsync/utils';
import { PATTERNS, PLAIN, type Fits, type SentLine } from '../../../domain/line-rules.ts';
import { normalizeText as composed } from '../normalize-text.ts';`,
  `// One look at all of them: nearly every line is plain.
  if (util.matches(PLAIN, \`${composed.map(({ name, optional }) => `\${${name}${optional !== undefined ? " ?? ''" : ''}}`).join('')}\`)) return line;`,
  (name, value) => `util.matches(PATTERNS.${name}, ${value})`,
);
const inLambda = fits(
  `import { composed, patterns } from '../line-patterns.ts';
import type { Fits, SentLine } from './line.ts';`,
  '',
  (name, value) => `patterns.${name}.test(${value})`,
);

/** Java's `$` also matches before a last line end. */
const javaPattern = (pattern: string) => `r"${pattern.replace(/\$$/, '\\z')}"`;
const tuple = (texts: readonly string[]) => `(${texts.map(quoted).join(', ')},)`;
const names = (some: readonly LineField[]) => tuple(some.map(({ name }) => name));
const python = `"""What a line of a file is. ${HEAD}"""

# ruff: noqa: E501
# fmt: off
from typing import Final

#: The patterns that a trimmed text must match, whole, for Java's regular expressions.
PATTERNS: Final = {
${each(ofPatterns, ({ name, pattern = '' }) => `    "${name}": ${javaPattern(pattern)},`)}
}
#: What each field must look like, for reasons.
EXPECTED: Final = {
${each(ofFiles, (field) => `    "${field.name}": ${quoted(field.expected)},`)}
    "amount": ${quoted(EXPECTED_BESIDE_FIELDS.amount)},
}
#: Largest quantity of a line, and largest of a return. Unit: pieces.
MAX_QUANTITY: Final = ${MAX_PIECES}
#: Largest amount of a line, quantity x unit price, and largest that is taken back. Unit: GBP / 1000 ("mills").
MAX_AMOUNT: Final = ${MAX_POUNDS_OF_A_LINE * 1000}
#: How a column may be named, in lower case without blanks and underscores; the first name is the usual one.
NAMES: Final = {
${each(ofFiles, ({ name, fileNames = [] }) => `    "${name}": ${tuple(fileNames)},`)}
}
#: The fields that can be written composed or decomposed.
OF_ANY_SCRIPT: Final = ${names(composed.filter((field) => ofFiles.includes(field)))}
#: The fields that a blank, or a word for a missing value, leaves out.
BLANK_IS_ABSENT: Final = ${names(ofFiles.filter(({ optional }) => optional === 'blank is absent'))}
#: The column that holds each field as a text, as the stream writes it.
TEXT_COLUMNS: Final = {
${each(ofFiles, ({ name }) => `    "${name}": "${snake(name)}",`)}
}
#: The columns of imported lines in Parquet: the column of texts that each is made of, and its type.
CURATED: Final = {
${each([...fields.filter(({ name }) => name === 'lineId'), ...ofFiles], ({ name, column, kind }) => `    "${column}": ("${snake(name)}", "${CATALOG_TYPES[kind]}"),`)}
}
`;

type Shown = Pick<LineField, 'name' | 'graphql' | 'shown' | 'optional'>;
const inSchema = (text: string, field: Shown) =>
  `  ${quoted(text)}\n  ${field.name}: ${field.graphql}${isOptional(field) ? '' : '!'}`;
const input = each(fields, (field) => inSchema(field.sent, field));
const shown: readonly Shown[] = [...fields.filter((field) => field.shown !== undefined), ...SHOWN_BESIDE_FIELDS];
const output = shown.map((field) => inSchema(field.shown ?? '', field));
const withFields = (schema: string, head: RegExp, body: string) =>
  schema.replace(new RegExp(`(${head.source} [{]\n).*?(\n[}])`, 's'), (_, start: string, end: string) => start + body + end);

const schemaPath = 'schema/schema.graphql';
const schema = withFields(await readFile(join(root, schemaPath), 'utf8'), /input TransactionInput/, input);
const files = {
  'domain/generated/line.ts': line,
  'domain/generated/fits.ts': inLambda,
  'resolvers/shared/generated/fits.ts': inAppSync,
  'ingest/glue/line_fields.py': python,
  [schemaPath]: withFields(schema, /type InvoiceLine [^\n{]*/, output.join('\n')),
  'sdk/documents/LineDetail.graphql': `fragment LineDetail on InvoiceLine {\n${shown.map(({ name }) => `  ${name}`).join('\n')}\n}\n`,
};

for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  const written = path.endsWith('.ts') ? await format(text, { ...(await resolveConfig(file)), filepath: file }) : text;
  if (written === (await readFile(file, 'utf8').catch(() => undefined))) continue;
  if (!process.argv.includes('--check')) await writeFile(file, written);
  else {
    console.error(`${path} is not what domain/line-fields.ts makes of it: run npm run generate, and commit what it writes`);
    process.exitCode = 1;
  }
}
