import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { generatedCsv } from '../../ingest/replay/generator.ts';
import { fileWith, folder } from './fixtures.ts';

const ROWS = 4_000;
const root = join(import.meta.dirname, '..', '..');

/** A GraphQL server that takes lines, and the outputs file that leads to it. */
async function api(onMutation: (count: number) => void) {
  const taken = new Map<string, number>();
  let [mutations, refusals] = [0, 0];
  const server = createServer((request, response) => {
    void (async () => {
      const { variables } = (await json(request)) as { variables: { input: { lineId: string }[] } };
      const { input } = variables;
      mutations += 1;
      // Each third mutation finds the stream busy for its first line.
      const busy = mutations % 3 === 0 ? input.slice(0, 1) : [];
      refusals += busy.length;
      for (const { lineId } of input.slice(busy.length)) taken.set(lineId, (taken.get(lineId) ?? 0) + 1);
      const failed = busy.map(({ lineId }) => ({
        __typename: 'SendFailure',
        index: 0,
        lineId,
        code: 'Throttled',
        message: 'busy',
      }));
      const sendTransactions = { __typename: 'SendReceipt', accepted: input.length - busy.length, failed };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: { sendTransactions } }));
      onMutation(mutations);
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const outputs = join(folder(), 'outputs.json');
  const graphqlUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  writeFileSync(outputs, JSON.stringify({ graphqlUrl, region: 'us-east-1', credentials }));
  return { taken, outputs, refusals: () => refusals };
}

function command(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join('ingest', 'replay', 'cli.ts'), ...args], { cwd: root });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += String(text);
    });
  const ended = once(child, 'close').then(([exitCode, signal]: unknown[]) => ({ exitCode, signal, said }));
  return { child, ended };
}

const generated = () => fileWith(Buffer.concat([...generatedCsv({ rows: ROWS })]));

test('Ctrl-C ends with code 130 and a saved position, from which --resume sends the rest', async () => {
  const file = generated();
  let atMutation: (count: number) => void = () => undefined;
  const { taken, outputs, refusals } = await api((count) => {
    atMutation(count);
  });
  const first = command(file, '--outputs', outputs, '--batch', '50');
  atMutation = (count) => {
    if (count === 20) first.child.kill('SIGINT');
  };

  const stopped = await first.ended;
  const saved = existsSync(`${file}.resume.json`);
  const resumed = await command(file, '--outputs', outputs, '--batch', '50', '--resume').ended;

  expect(stopped).toMatchObject({ exitCode: 130, said: expect.stringContaining('Go on with: npm run replay -- ') as string });
  expect(saved).toBe(true);
  expect(resumed).toMatchObject({ exitCode: 0, said: expect.stringMatching(/lines accepted +4,000\n/) as string });
  expect(taken.size).toBe(ROWS);
  expect(refusals()).toBeGreaterThan(0);
});

test('after kill -9 the rest is sent, and little of it twice', async () => {
  const file = generated();
  let atMutation: (count: number) => void = () => undefined;
  const { taken, outputs } = await api((count) => {
    atMutation(count);
  });
  const first = command(file, '--outputs', outputs, '--rate', '1000');
  const saved = new Promise<void>((resolve) => {
    atMutation = () => {
      if (existsSync(`${file}.resume.json`)) resolve();
    };
  });

  await saved;
  first.child.kill('SIGKILL');
  const killed = await first.ended;
  const resumed = await command(file, '--outputs', outputs, '--resume').ended;

  expect(killed).toMatchObject({ signal: 'SIGKILL' });
  expect(resumed).toMatchObject({ exitCode: 0, said: expect.stringMatching(/goes on after row \d+/) as string });
  expect(taken.size).toBe(ROWS);
  expect([...taken.values()].filter((times) => times > 1).length).toBeLessThan(2_000);
});

test('a stack whose state was deleted since is sent nothing with --resume, and everything without', async () => {
  const file = generated();
  let atMutation: (count: number) => void = () => undefined;
  const { taken, outputs } = await api((count) => {
    atMutation(count);
  });
  const first = command(file, '--data', dirname(outputs));
  atMutation = (count) => {
    if (count === 5) first.child.kill('SIGINT');
  };
  await first.ended;
  taken.clear();
  const fresh = JSON.parse(readFileSync(outputs, 'utf8')) as object;
  writeFileSync(outputs, JSON.stringify({ ...fresh, credentials: { accessKeyId: 'another', secretAccessKey: 'test' } }));

  const refused = await command(file, '--data', dirname(outputs), '--resume').ended;
  const sent = taken.size;
  const anew = await command(file, '--data', dirname(outputs)).ended;

  expect(refused).toMatchObject({ exitCode: 1, said: expect.stringContaining('begin anew without --resume') as string });
  expect(sent).toBe(0);
  expect(anew.exitCode).toBe(0);
  expect(taken.size).toBe(ROWS);
});

test('a stack that does not run is named with what to do', async () => {
  const file = generated();

  const { exitCode, said } = await command(file, '--data', join(folder(), 'no-stack')).ended;

  expect(exitCode).toBe(1);
  expect(said).toContain('start the stack with npm start');
});
