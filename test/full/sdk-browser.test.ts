import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { installNpmPackages } from '../support/npm-packages.ts';

// A real Chromium, which a package of npm brings for Linux on x64: it loads a page, the page uses the SDK, and says what came of it.

const place = mkdtempSync(join(tmpdir(), 'tillgraph-browser-'));
afterAll(() => {
  rmSync(place, { recursive: true, force: true, maxRetries: 5 });
});

async function findChromium(): Promise<{ readonly file: string } | { readonly missing: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'there is a Chromium for Linux on x64 alone' };
  const installed = await installNpmPackages('sdk-browser-1', ['@sparticuz/chromium@153.0.0']);
  if ('missing' in installed) return installed;
  const script =
    "import('@sparticuz/chromium').then(async ({ default: chromium }) => console.log(await chromium.executablePath()))";
  const options = { cwd: installed.directory, env: { ...process.env, TMPDIR: place } };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], options);
  const file = stdout.trim();
  return promisify(execFile)(file, ['--version']).then(
    () => ({ file }),
    (error: unknown) => ({ missing: error instanceof Error ? error.message : String(error) }),
  );
}

const PAGE = `
import { addMoney, connect, RequestRefusedError } from './sdk/index.ts';
const url = new URL('/graphql', location.href).href;
const credentials = { accessKeyId: 'AKIDPAGE', secretAccessKey: 'secret' };
const seen: unknown[] = [];
const hooks = { onResponse: ({ requestId }: { requestId: string | undefined }) => seen.push(requestId) };
const tillgraph = connect({ url, apiKey: 'da2-page', region: 'us-east-1', credentials, hooks });
try {
  const { rows } = await tillgraph.sales({ groupBy: ['MONTH'] });
  const line = { lineId: 'a', invoiceNo: '1', stockCode: '1', quantity: 1, invoiceDate: '2010-12-01T08:26:00Z', unitPrice: '1', country: 'France' };
  const { accepted } = await tillgraph.sendTransaction(line);
  const refused = await tillgraph.customer('17850').catch((error: unknown) => error instanceof RequestRefusedError && error.requestId);
  await fetch('/result', { method: 'POST', body: JSON.stringify({ sum: addMoney(rows[0]?.revenue ?? '', '0.001'), accepted, refused, seen }) });
} catch (error) {
  await fetch('/result', { method: 'POST', body: JSON.stringify({ error: String(error) }) });
}`;

const ANSWERS: Record<string, object> = {
  Sales: {
    data: {
      sales: {
        ...{ status: 'FINISHED', hasMore: false, asOf: null, source: 'CACHE', elapsedMs: 1, id: null },
        rows: [{ month: '2010-12', revenue: '498062.650' }],
      },
    },
  },
  SendTransaction: { data: { sendTransaction: { accepted: 1, failed: [] } } },
  Customer: { data: null, errors: [{ message: 'no', errorType: 'InvalidValue' }] },
};

test('a page in Chromium reads with a key, signs with Web Crypto, and meets errors as classes', async (context) => {
  const chromium = await findChromium();
  if ('missing' in chromium) {
    console.warn(`NOT CHECKED: no browser runs the SDK: ${chromium.missing}`);
    return context.skip(`NOT CHECKED: ${chromium.missing}`);
  }
  const root = join(import.meta.dirname, '..', '..');
  const page = await build({
    stdin: { contents: PAGE, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, minify: true, keepNames: true, platform: 'browser', format: 'esm', write: false },
  });
  const asked: string[][] = [];
  let reportResult: (result: unknown) => void;
  const reported = new Promise((resolve) => (reportResult = resolve));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request
      .on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (request.url === '/result') reportResult(JSON.parse(body));
        if (request.url !== '/graphql')
          return response.end(
            request.url === '/page.js' ? page.outputFiles[0]?.text : '<script type="module" src="/page.js"></script>',
          );
        const { operationName } = JSON.parse(body) as { operationName: string };
        asked.push([operationName, String(request.headers['x-api-key']), String(request.headers.authorization).slice(0, 36)]);
        response.setHeader('x-amzn-requestid', `id of ${operationName}`);
        return response.end(JSON.stringify(ANSWERS[operationName]));
      })
      .on('error', () => undefined);
    const type = request.url === '/page.js' ? 'text/javascript' : request.url === '/' ? 'text/html' : 'application/json';
    response.setHeader('content-type', type);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const flags = [
    '--no-sandbox',
    '--no-zygote',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${join(place, 'profile')}`,
  ];
  const address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const browser = spawn(chromium.file, [...flags, '--remote-debugging-port=0', address], { stdio: 'ignore' });
  const closed = new Promise((resolve) => browser.once('close', resolve));
  try {
    expect(await Promise.race([reported, closed.then((code) => `Chromium ended with ${String(code)}`)])).toEqual({
      ...{ sum: '498062.651', accepted: 1, refused: 'id of Customer' },
      seen: ['id of Sales', 'id of SendTransaction', 'id of Customer'],
    });
    expect(asked).toEqual([
      ['Sales', 'da2-page', 'undefined'],
      ['SendTransaction', 'undefined', 'AWS4-HMAC-SHA256 Credential=AKIDPAGE'],
      ['Customer', 'da2-page', 'undefined'],
    ]);
  } finally {
    browser.kill('SIGKILL');
    await closed;
    server.closeAllConnections();
    server.close();
  }
  return undefined;
});
