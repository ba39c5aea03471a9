import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { expect, onTestFinished, test } from 'vitest';
import { selectRows } from '../../ingest/arrival/warehouse-statement.ts';

/** A Data API that answers one call after the other as written. */
async function dataApi(answers: readonly (readonly [operation: string, answer: object])[]) {
  const left = [...answers];
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('RedshiftData.', '');
    const [expected, answer] = left.shift() ?? ['nothing more', {}];
    response.writeHead(operation === expected ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(operation === expected ? answer : { __type: 'ValidationException', message: `${expected} was due` }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new RedshiftDataClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { client, left };
}

const SELECT = { WorkgroupName: 'shop', Database: 'shop', Sql: 'SELECT a, b FROM t' };

test('a statement is waited for longer than one call of the Data API waits', async () => {
  const { client, left } = await dataApi([
    ['ExecuteStatement', { Id: '1', Status: 'SUBMITTED' }],
    ['DescribeStatement', { Id: '1', Status: 'PICKED' }],
    ['DescribeStatement', { Id: '1', Status: 'STARTED' }],
    ['DescribeStatement', { Id: '1', Status: 'FINISHED' }],
    ['GetStatementResult', { Records: [[{ longValue: 1 }, { isNull: true }]], NextToken: 'more' }],
    ['GetStatementResult', { Records: [[{ longValue: 2 }, { stringValue: '1.250' }]] }],
  ]);
  await expect(selectRows(client, SELECT)).resolves.toEqual([
    ['1', null],
    ['2', '1.250'],
  ]);
  expect(left).toEqual([]);
});

test('what is finished at once is not asked about again', async () => {
  const { client, left } = await dataApi([
    ['ExecuteStatement', { Id: '1', Status: 'FINISHED' }],
    ['GetStatementResult', { Records: [] }],
  ]);
  await expect(selectRows(client, SELECT)).resolves.toEqual([]);
  expect(left).toEqual([]);
});

test('a statement that fails is an error with the words of the warehouse', async () => {
  const failed = { Id: '1', Status: 'FAILED', Error: 'ERROR: relation "t" does not exist' };
  const { client } = await dataApi([
    ['ExecuteStatement', { Id: '1', Status: 'FAILED' }],
    ['DescribeStatement', failed],
  ]);
  await expect(selectRows(client, SELECT)).rejects.toMatchObject({
    code: 'WAREHOUSE_STATEMENT',
    sql: SELECT.Sql,
    reason: failed.Error,
    message: 'the warehouse does not answer "SELECT a, b FROM t": ERROR: relation "t" does not exist',
  });
});
