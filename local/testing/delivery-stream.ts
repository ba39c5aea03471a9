import type { DeliveryStreamDefinition } from '../services/firehose/definition.ts';

export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
export const STREAM = 'lines-to-warehouse';

export function deliveryStream(changes: Partial<DeliveryStreamDefinition> = {}): DeliveryStreamDefinition {
  return {
    name: STREAM,
    arn: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${STREAM}`,
    kinesisStreamName: 'transactions',
    database: 'tillgraph',
    table: 'intake.landing',
    columns: ['lineid', 'invoiceno'],
    copyOptions: "JSON 'auto ignorecase'",
    secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:loader-AbCdEf',
    roleArn: 'arn:aws:iam::000000000000:role/delivery',
    bucket: 'lake',
    prefix: 'firehose/',
    errorPrefix: '',
    compression: 'UNCOMPRESSED',
    bufferSeconds: 60,
    bufferMegabytes: 1,
    retrySeconds: 3600,
    ...changes,
  };
}
