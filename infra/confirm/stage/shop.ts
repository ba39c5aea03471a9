import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { BULK_PREFIX } from '../../../domain/bucket.ts';
import type { CredentialProvider, ConnectOptions } from '../../../sdk/index.ts';
import { connect } from '../../../sdk/index.ts';
import type { Aws } from '../aws.ts';
import { BY_API, BY_DOOR, BY_FILE, fileOf, type Holdings } from './sent-lines.ts';
import type { Outputs } from './cdk.ts';
import { curatedHolding, rawHolding, tablesHolding, warehouseHolding } from './stores.ts';

/** A stack that stands, as its clients see it. */
export interface Shop {
  /** Send lines by both doors. @returns how many each took */
  send(this: void): Promise<{ readonly byApi: number; readonly byDoor: number }>;
  /** Put one file where imports look for it. */
  putFile(this: void): Promise<void>;
  /** Count every store, line by line. */
  count(this: void): Promise<Holdings>;
}

export interface ShopGiven {
  readonly aws: Aws;
  readonly outputs: Outputs;
  /** Of the GraphQL API, with the credentials for both doors. */
  readonly connection: ConnectOptions;
}

/** Where the file is put: not the name of a file that anybody has. */
const FILE = `${BULK_PREFIX}confirm.csv`;

export function openShop({ aws, outputs, connection }: ShopGiven): Shop {
  return {
    async send() {
      const client = connect(connection);
      try {
        const { accepted } = await client.sendTransactions([...BY_API]);
        return { byApi: accepted, byDoor: await sendByDoor(outputs, connection) };
      } finally {
        client.close();
      }
    },
    async putFile() {
      await aws('s3:PutObject', { Bucket: outputs['BucketName'], Key: FILE, Body: fileOf(BY_FILE) });
    },
    async count() {
      const [tables, raw, warehouse, curated] = await Promise.all([
        tablesHolding(aws, outputs),
        rawHolding(aws, outputs),
        warehouseHolding(aws, outputs),
        curatedHolding(aws, outputs),
      ]);
      return { tables, raw, warehouse, curated };
    },
  };
}

/** A door has refused what it should take. */
class DoorRefusedError extends Error {
  override readonly name = 'DoorRefusedError';
  readonly code = 'DOOR_REFUSED';

  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`the HTTP door answered ${String(status)}: ${body}`);
  }
}

async function sendByDoor(outputs: Outputs, { credentials, region = outputs['Region'] ?? '' }: ConnectOptions): Promise<number> {
  const url = new URL(`${(outputs['RestUrl'] ?? '').replace(/\/$/, '')}/transactions`);
  const body = JSON.stringify(BY_DOOR);
  const signer = new SignatureV4({
    ...{ service: 'execute-api', region, credentials: credentials as CredentialProvider, sha256: Digest },
  });
  const { headers } = await signer.sign({
    ...{ method: 'POST', protocol: url.protocol, hostname: url.hostname, path: url.pathname, body },
    headers: { host: url.host, 'content-type': 'application/json' },
  });
  const { host: _host, ...sent } = headers;
  const answer = await fetch(url, { method: 'POST', headers: sent, body });
  const text = await answer.text();
  if (!answer.ok) throw new DoorRefusedError(answer.status, text);
  return (JSON.parse(text) as { accepted: number }).accepted;
}

/** SHA-256 as the signer asks for it. */
class Digest {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
