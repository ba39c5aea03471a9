// Slow: tables and a bucket of its own for each test.

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { openS3, type S3Endpoint } from '@tillgraph/local-aws/testing/s3-endpoint';
import { takeInventory, type Inventory } from '../../demo/inventory.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { line } from '../support/lines.ts';
import { openStoreTables, type StoreTables } from '../support/store-tables.ts';
import { StoredInvoice } from '../support/stored-invoice.ts';
import {
  chunkItem,
  customerInvoiceItem,
  emptyProfileItem,
  headerItem,
  profileItem,
  storedLine,
  storedLines,
} from '../support/stored-items.ts';

let tables: StoreTables;
let s3: S3Endpoint;
let kinesis: http.Server;
beforeEach(async () => {
  [tables, s3] = await Promise.all([openStoreTables(), openS3()]);
  kinesis = http.createServer((_, response) => response.end('{"Shards":[]}'));
  await new Promise<void>((listening) => kinesis.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  await Promise.all([tables.close(), s3.close()]);
  kinesis.closeAllConnections();
  kinesis.close();
});

async function inventory(): Promise<Inventory> {
  const endpoint = await s3.client.config.endpoint?.();
  return takeInventory({
    ...{ region: LOCAL.region, credentials: LOCAL.credentials },
    endpoints: {
      kinesis: `http://127.0.0.1:${String((kinesis.address() as AddressInfo).port)}`,
      dynamodb: tables.url,
      s3: `http://${endpoint?.hostname ?? ''}:${String(endpoint?.port ?? '')}`,
    },
    stack: { StreamName: 'transactions', BucketName: s3.bucket, InvoicesTableName: 'Invoices', CustomersTableName: 'Customers' },
  });
}

const putRaw = (Key: string, lines: readonly TransactionLine[]) => {
  const Body = gzipSync(lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body }));
};

test('the raw layer holds of each line the latest version, wherever it stands', async () => {
  const first = line({ lineId: '1', quantity: 6, unitPrice: '2.550', sentAt: 1000 });
  const later = { ...first, quantity: 1, sentAt: 2000 };
  await putRaw('raw/a.ndjson.gz', [later, first, { ...first, invoiceNo: '536366' }]);
  await putRaw('raw/b.ndjson.gz', [first, later]);

  const { raw } = await inventory();

  expect(raw).toMatchObject({ objects: 2, lines: 2, units: 7, mills: 17_850n });
});

test('an invoice holds the lines of its header and of the chunks that it names, and no others', async () => {
  const invoice = new StoredInvoice([64, 32], 4);
  const stray = chunkItem('LINES#0001#stray', storedLines([storedLine(1), storedLine(999)]));
  await tables.put('Invoices', ...invoice.items(), stray, headerItem({ invoiceNo: '536366' }));

  const { invoices } = await inventory();

  expect(invoices).toEqual({ invoices: 2, items: 5, lines: 101, units: 606, mills: 1_545_300n });
});

test.each([
  [
    'a chunk that is not there',
    headerItem({ chunks: '[["LINES#0001#gone",64]]' }),
    /LINES#0001#gone that its header names is not there/,
  ],
  [
    'a line twice',
    headerItem({ lines: JSON.stringify(storedLines([storedLine(1), storedLine(1)])) }),
    /line -b554dfdb0730-1 is there twice/,
  ],
])('an invoice with %s is no inventory', async (_, header, message) => {
  await tables.put('Invoices', header);

  await expect(inventory()).rejects.toThrow(message);
});

test('customers hold sums of any size, and one without a line is none', async () => {
  await tables.put(
    'Customers',
    profileItem({ customerId: '1', lineCount: 1, units: 1, revenue: '9000000000000000.001' }),
    profileItem({ customerId: '2', lineCount: 2, units: -3, revenue: '-0.001' }),
    emptyProfileItem({ customerId: '3' }),
    customerInvoiceItem({ customerId: '1', lineCount: 1, units: 1, total: '9000000000000000.001' }),
  );

  const { customers } = await inventory();

  expect(customers).toEqual({
    ...{ customers: 2, lines: 3, units: -2, mills: 9_000_000_000_000_000_000n },
    listed: { invoices: 1, lines: 1, units: 1, mills: 9_000_000_000_000_000_001n },
  });
});
