import type { Claim } from '../claim.ts';

export const storeClaims: readonly Claim[] = [
  {
    id: 'stream-poller-rights',
    area: 'Stream and stores',
    claim: "The rights on the stream that its consumers have, narrower than the CDK's own, suffice for Lambda's poller.",
    look: 'Deploy, send a line, and see that both consumers are invoked: their event source mappings say `OK`.',
  },
  {
    id: 'consumer-failures-kept',
    area: 'Stream and stores',
    claim: 'Lambda may keep a batch that it gave up under `aws/lambda/`, with the rights of the function.',
    look: 'Make the table of invoices unreachable for the store writer until a batch is given up, and look under `aws/lambda/`.',
  },
  {
    id: 'dynamodb-partiql-batch',
    area: 'Stream and stores',
    claim:
      'An `UPDATE` of PartiQL in a batch takes a condition on an attribute that is no key, fails alone with `ConditionalCheckFailed`, and may stand beside an `INSERT`.',
    look: 'Run `PARITY_REMOTE=aws npx vitest run local/services/dynamodb/partiql.parity.test.ts`.',
  },
  {
    id: 'dynamodb-as-local',
    area: 'Stream and stores',
    claim: 'DynamoDB answers every case of the parity tests as the stand-in does.',
    look: 'Run `PARITY_REMOTE=aws npx vitest run local/services/dynamodb/parity.test.ts local/services/dynamodb/transactions.parity.test.ts`.',
  },
  {
    id: 'kinesis-as-local',
    area: 'Stream and stores',
    claim: 'Kinesis answers every case of the parity tests as the stand-in does.',
    look: 'Run `PARITY_REMOTE=aws npx vitest run local/services/kinesis/parity.test.ts`.',
  },
  {
    id: 's3-as-local',
    area: 'Stream and stores',
    claim: 'S3 answers every case of the parity tests as the stand-in does.',
    look: 'Run `PARITY_REMOTE=aws npx vitest run local/services/s3/parity.test.ts local/services/s3/uploads.parity.test.ts`.',
  },
];
