import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectionFrom } from '../../sdk/index.ts';

const DEPLOYED = {
  GraphqlUrl: 'https://abc.appsync-api.eu-west-2.amazonaws.com/graphql',
  Region: 'eu-west-2',
  StreamName: 'lines',
};

describe('a local stack', () => {
  test('is reached with all that its outputs hold', () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'secret' };
    const outputs = {
      graphqlUrl: 'http://127.0.0.1:4000/graphql',
      apiKey: 'da2-local',
      region: 'us-east-1',
      credentials,
      pid: 1,
    };

    const connection = connectionFrom(fileOf(JSON.stringify(outputs)));

    expect(connection).toEqual({ url: outputs.graphqlUrl, apiKey: 'da2-local', region: 'us-east-1', credentials });
  });
});

describe('a deployed stack', () => {
  test('is reached with the keys that AWS tools would use', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENVIRONMENT').stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());

    const connection = connectionFrom(fileOf(JSON.stringify({ 'Tillgraph-dev': DEPLOYED })));

    expect(connection).toMatchObject({ url: DEPLOYED.GraphqlUrl, region: 'eu-west-2' });
    await expect((connection.credentials as () => Promise<unknown>)()).resolves.toMatchObject({ accessKeyId: 'AKIDENVIRONMENT' });
  });

  test('may stand among others that have no API', () => {
    const connection = connectionFrom({ Network: { VpcId: 'vpc-1' }, 'Tillgraph-prod': DEPLOYED });

    expect(connection.url).toBe(DEPLOYED.GraphqlUrl);
  });

  test('must be the only one with an API', () => {
    const outputs = { 'Tillgraph-dev': DEPLOYED, 'Tillgraph-prod': DEPLOYED };

    expect(() => connectionFrom(outputs)).toThrow('several stacks have an API (Tillgraph-dev, Tillgraph-prod)');
  });
});

describe('outputs that are of no use', () => {
  test('because there is no such file say what to do', () => {
    const missing = join(tmpdir(), 'no-such-folder', 'outputs.json');

    expect(() => connectionFrom(missing)).toThrow(
      `no file "${missing}": start the stack with npm start, or name a file with --outputs`,
    );
  });

  test.each(['', '{"graphqlUrl":', '"text"', 'null', '{}', '{"Tillgraph-dev":{}}', '{"Tillgraph-dev":null}'])(
    'say so: %s',
    (content) => {
      const file = fileOf(content);

      expect(() => connectionFrom(file)).toThrow(expect.objectContaining({ code: 'INVALID_CONNECTION' }) as Error);
      expect(() => connectionFrom(file)).toThrow(file);
    },
  );
});

/** A file with this content, gone after the test. */
function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'outputs.json'), content);
  return join(folder, 'outputs.json');
}
