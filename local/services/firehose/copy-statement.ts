import type { DeliveryStreamDefinition } from './definition.ts';

/**
 * The statement with which a manifest is loaded.
 *
 * @source The Firehose console shows it: `COPY t (a, b) FROM 's3://<bucket>/<manifest>' CREDENTIALS 'aws_iam_role=<role>' MANIFEST <options>;`
 */
export function copyStatement(
  { table, columns, bucket, roleArn, copyOptions }: DeliveryStreamDefinition,
  manifest: string,
): string {
  const list = columns.length === 0 ? '' : ` (${columns.join(', ')})`;
  const options = copyOptions.trim();
  return (
    `COPY ${table}${list} FROM ${quoted(`s3://${bucket}/${manifest}`)} CREDENTIALS ${quoted(`aws_iam_role=${roleArn}`)} MANIFEST` +
    (options === '' ? ';' : ` ${options};`)
  );
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
