import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { installPythonPackage } from '../../support/python-package.ts';
import { differencesBetween, type KnownDifference } from './known-differences.ts';
import { MINISTACK, ministackOf } from './ministack.ts';
import type { Outcome, Recorded } from './record-evaluations.ts';
import { evaluateThere, readRecorded } from './replay-evaluations.ts';
import { startForeignServer } from './server-process.ts';

// Whatever the tests of the resolvers evaluate, a second runtime evaluates too. It runs the bundles on plain Node, so it knows
// nothing of what APPSYNC_JS leaves out; but what both can do must come to the same.

const installed = await installPythonPackage(MINISTACK);
const missing = 'missing' in installed ? installed.missing : undefined;
if (missing !== undefined) console.warn(`SKIPPED: ${MINISTACK} cannot be installed, so no bundle is evaluated twice: ${missing}`);

const KNOWN = [
  {
    name: 'requests made by @aws-appsync/utils/dynamodb',
    right: 'ours',
    because: 'recorded answers of EvaluateCode have typed keys and expressions; ministack passes the arguments through',
  },
  {
    name: 'JSON.parse of a text that is no JSON',
    right: 'ours',
    because: 'AppSync gives an empty text and throws nothing; ministack throws a SyntaxError, as Node does',
  },
  {
    name: 'patterns',
    right: 'ours',
    because: 'AppSync documents Java patterns, for util.matches and for the first text of replace: one emoji is one character',
  },
  {
    name: 'forms of normalization',
    right: 'ours',
    because: 'AppSync documents "nfc" for util.str.normalize; ministack takes "NFC" alone, as JavaScript does',
  },
] as const satisfies readonly KnownDifference[];

/** Of which kind a difference is; one that nobody has judged is its own kind. */
function kindOf({ bundle, handler, outcome, context }: Recorded, there: Outcome): string {
  const is = (name: (typeof KNOWN)[number]['name']) => name;
  const given = JSON.stringify(context);
  if (isDynamoDbRequest(outcome.value) && isDynamoDbRequest(there.value))
    return is('requests made by @aws-appsync/utils/dynamodb');
  const isAboutJson = ({ error = '' }: Outcome) => error.includes(' JSON');
  if (isAboutJson(there) && !isAboutJson(outcome)) return is('JSON.parse of a text that is no JSON');
  if (there.error?.startsWith('The normalization form should be one of') === true) return is('forms of normalization');
  if (bundle.startsWith('Mutation.') && (/[\u{10000}-\u{10ffff}]/u.test(given) || JSON.stringify(outcome).includes('…')))
    return is('patterns');
  return `${bundle} ${handler} of ${given}: here ${JSON.stringify(outcome)}, there ${JSON.stringify(there)}`;
}

const isDynamoDbRequest = (value: unknown) =>
  /^(?:GetItem|Query|BatchGetItem)$/.test((value as { operation?: string } | null)?.operation ?? '');

/** Without what tells the time: of day, and since the request began. */
function timeless({ value, ...rest }: Outcome): Outcome {
  if (value === undefined) return rest;
  const text = JSON.stringify(value).replace(/"elapsedMs":\d+/, '"elapsedMs":"SOME"');
  return {
    ...rest,
    value: JSON.parse(text, (key, part: unknown) => (key === 'body' ? withoutTimeOfSending(part) : part)) as unknown,
  };
}

/** The lines of a PutRecords request, whose `sentAt` is now. */
const withoutTimeOfSending = (body: unknown) =>
  typeof body === 'string' && body.includes('"Records"')
    ? body.replaceAll(/"Data":"([^"]*)"/g, (_, data: string) =>
        Buffer.from(data, 'base64')
          .toString('utf8')
          .replaceAll(/"sentAt":\d+/g, '"sentAt":"NOW"'),
      )
    : body;

test.skipIf(missing !== undefined)('the bundles come to the same in a runtime that nobody here wrote', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-evaluations-'));
  const file = join(directory, 'recorded');
  const server = await startForeignServer(ministackOf('python' in installed ? installed.python : ''));
  try {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    await promisify(execFile)(process.execPath, [vitest, 'run', '--config', join(import.meta.dirname, 'recording.config.ts')], {
      env: { ...process.env, RECORDED_EVALUATIONS: file },
      maxBuffer: 1 << 26,
    });
    const recorded = readRecorded(file);
    const kinds: string[] = [];
    for (const one of recorded) {
      const there = timeless(await evaluateThere(server.url, one));
      const here = timeless(one.outcome);
      if (JSON.stringify(sorted(there)) !== JSON.stringify(sorted(here))) kinds.push(kindOf(one, there));
    }

    expect(recorded.length).toBeGreaterThan(700);
    expect(differencesBetween(kinds, KNOWN)).toEqual({ unknown: [], gone: [] });
  } finally {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** Members in an order that does not depend on who wrote them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
