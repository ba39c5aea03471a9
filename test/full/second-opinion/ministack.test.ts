import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { line, linesOf } from '../../support/lines.ts';
import { installPythonPackage } from '../../support/python-package.ts';
import { judgedTexts } from '../../support/records-judged.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { sent } from '../../support/stream-answers.ts';
import { ask, putOnStream, sendByHttp, type Deployed } from './doors.ts';
import { CASES, comparable, KNOWN } from './graphql-cases.ts';
import { holdingsWith } from './holdings.ts';
import { differencesBetween } from './known-differences.ts';
import { CREDENTIALS, deploy, MINISTACK, ministackOf, REGION } from './ministack.ts';
import { startForeignServer, type ForeignServer } from './server-process.ts';

// The template of stage lean on an emulator that nobody here wrote: what both make of the same lines must be the same.

const installed = await installPythonPackage(MINISTACK);
const missing = 'missing' in installed ? installed.missing : undefined;
if (missing !== undefined) console.warn(`SKIPPED: ${MINISTACK} cannot be installed, so there is no second opinion: ${missing}`);
const python = 'python' in installed ? installed.python : '';

const root = join(import.meta.dirname, '..', '..', '..');
const STACK = 'Tillgraph-lean';

/** Every text that a foreign producer may write, each about an invoice of its own. */
const TEXTS = judgedTexts(line()).map((_, place) => judgedTexts(line({ invoiceNo: `J${place}`, lineId: `J${place}-1` }))[place]!);

const SEND = `mutation($input: [TransactionInput!]!) { sendTransactions(input: $input) { accepted failed { lineId code message } } }`;

describe.skipIf(missing !== undefined)('on ministack', () => {
  const place = mkdtempSync(join(tmpdir(), 'tillgraph-second-opinion-'));
  let server: ForeignServer | undefined;
  let stack: Stack | undefined;
  let deployed: Awaited<ReturnType<typeof deploy>>;
  let ours: Deployed;
  let theirs: Deployed;

  beforeAll(async () => {
    const assembly = join(place, 'cdk.out');
    const own = { CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: '{"stage":"lean"}', CDK_VALIDATION: 'false' };
    const account = { CDK_DEFAULT_ACCOUNT: '000000000000', CDK_DEFAULT_REGION: REGION };
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'infra/app.ts'], {
      cwd: root,
      env: { ...process.env, ...own, ...account },
    });
    server = await startForeignServer(ministackOf(python));
    stack = await startStack(join(place, 'local'), ['--assembly', assembly, '--time-factor', '3000']);
    ours = stack.outputs;
    deployed = await deploy(assembly, STACK, server, python);
    theirs = {
      region: REGION,
      credentials: CREDENTIALS,
      endpoints: { kinesis: server.url, dynamodb: server.url, s3: server.url },
      stack: deployed.outputs,
      graphqlUrl: `${server.url}/v1/apis/${deployed.outputs['GraphqlApiId'] ?? ''}/graphql`,
      restUrl: server.url,
      restHost: (deployed.outputs['RestUrl'] ?? '').replace('http://', ''),
      apiKey: deployed.apiKey,
    };
  });

  afterAll(async () => {
    await stack?.stop();
    await server?.close();
    rmSync(place, { recursive: true, force: true });
  });

  test('the whole template of stage lean is created, but for alarms with metric math', () => {
    expect(deployed.created).toEqual(deployed.declared);
    expect(deployed.leftOut.filter((id) => !id.startsWith('Alarms'))).toEqual([]);
    expect(deployed.declared.length).toBeGreaterThan(80);
  });

  test('what comes in by every door is stored as in the local stack, byte for byte', async () => {
    const start = Date.now();
    const byHttp = linesOf('H1', 250, { customerId: '90001' }).map(sent);
    const byGraphQl = [...linesOf('G1', 40, { customerId: '90001' }), ...linesOf('G2', 3, { customerId: undefined })].map(sent);
    const accepted = TEXTS.filter(({ ruling }) => 'accepted' in ruling).length;
    const found = [];
    for (const one of [ours, theirs]) {
      for (let from = 0; from < TEXTS.length; from += 20)
        await putOnStream(
          one,
          TEXTS.slice(from, from + 20).map(({ bytes }) => ({ key: 'a foreign producer', data: bytes })),
        );
      // Twice, because whoever does not hear of an answer sends again.
      const receipts = [
        await sendByHttp(one, JSON.stringify(byHttp)),
        await ask(one, JSON.stringify({ query: SEND, variables: { input: byGraphQl } })),
        await ask(one, JSON.stringify({ query: SEND, variables: { input: byGraphQl } })),
      ];
      const lines = accepted + byHttp.length + byGraphQl.length;
      const holdings = await holdingsWith(one, start, {
        lines,
        writings: lines + byGraphQl.length,
        rejected: TEXTS.length - accepted,
      });
      found.push({ receipts, ...holdings });
    }

    const [here, there] = found;
    expect(here?.receipts.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(Object.keys(here?.invoices ?? {})).toContain('H1 INVOICE');
    expect(there).toEqual(here);
  });

  test('GraphQL requests are answered alike, but for what is known and judged', async () => {
    const differing: string[] = [];
    for (const { name, body, caller } of CASES) {
      const [here, there] = [await ask(ours, body, caller), await ask(theirs, body, caller)].map(comparable);
      if (!isDeepStrictEqual(here, there)) differing.push(name);
    }

    expect(differencesBetween(differing, KNOWN)).toEqual({ unknown: [], gone: [] });
  });

  test.each([
    ['nobody sends', '[]', 'nobody', 403],
    ['nothing is sent', '[]', 'IAM', 400],
    ['no JSON is sent', 'nope', 'IAM', 400],
    ['one line is sent', JSON.stringify(sent(line({ invoiceNo: 'H2' }))), 'IAM', 200],
    ['all letters are sent', JSON.stringify([sent(line({ invoiceNo: 'H2', description: 'é 日本 😀' }))]), 'IAM', 200],
    ['some lines are wrong', JSON.stringify([sent(line({ invoiceNo: 'H2' })), 7, { quantity: 0.5 }]), 'IAM', 207],
    ['too many lines are sent', JSON.stringify(linesOf('H3', 251)), 'IAM', 400],
  ] as const)('the HTTP API answers alike when %s', async (_, body, caller, status) => {
    const [here, there] = [await sendByHttp(ours, body, caller), await sendByHttp(theirs, body, caller)];

    expect(here.status).toBe(status);
    expect(there).toEqual(here);
  });
});
