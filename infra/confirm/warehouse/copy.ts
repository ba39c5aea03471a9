import { gzipSync } from 'node:zlib';
import { STREAM_COLUMNS, STREAM_COPY_OPTIONS } from '../../../domain/landing.ts';
import { copyStatement, NO_VALUE } from '../../../ingest/warehouse/imports.ts';
import { StatementRefusedError, type WarehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import type { Aws } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { waitWhile, type Wait } from '../removing.ts';
import { ROLE_POLICY } from '../role-policy.ts';

/** A bucket, and the role by which the namespace reads it. */
export interface CopySource {
  readonly bucket: string;
  put(this: void, key: string, body: string | Buffer): Promise<void>;
}

interface Given {
  readonly aws: Aws;
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
  readonly wait: Wait;
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['redshift-serverless.amazonaws.com', 'redshift.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
};

/** Makes both, as the stack does, and gives the namespace the role. */
export async function makeCopySource({ aws, journal, made, wait }: Given): Promise<CopySource> {
  const bucket = `${made.name}-objects`;
  const place = made.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: made.region as never } };
  await journal.make({ ...made, name: bucket, kind: 'bucket' }, () => aws('s3:CreateBucket', { Bucket: bucket, ...place }));
  const RoleName = `${made.name}-copy`;
  const { Role } = await journal.make({ ...made, name: RoleName, kind: 'role' }, () =>
    aws('iam:CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) }),
  );
  const arn = Role?.Arn ?? '';
  const partition = arn.split(':')[1] ?? 'aws';
  const ofBucket = `arn:${partition}:s3:::${bucket}`;
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [ofBucket, `${ofBucket}/*`] }],
  };
  await aws('iam:PutRolePolicy', { RoleName, PolicyName: ROLE_POLICY, PolicyDocument: JSON.stringify(policy) });
  await aws('redshift-serverless:UpdateNamespace', { namespaceName: made.name, defaultIamRoleArn: arn, iamRoles: [arn] });
  const isChanging = async () => {
    const { namespace } = await aws('redshift-serverless:GetNamespace', { namespaceName: made.name });
    const { workgroup } = await aws('redshift-serverless:GetWorkgroup', { workgroupName: made.name });
    return namespace?.status === 'MODIFYING' || workgroup?.status !== 'AVAILABLE';
  };
  await waitWhile(isChanging, wait, 10_000);
  return {
    bucket,
    async put(Key, Body) {
      await aws('s3:PutObject', { Bucket: bucket, Key, Body });
    },
  };
}

/** A role that was just made is not known everywhere: some minutes of refusals say nothing. */
const ATTEMPTS = 12;

async function copy(session: WarehouseSession, name: string, sql: string, wait: Wait): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.run({ name, statements: [sql] });
      return;
    } catch (error) {
      const isEarly =
        error instanceof StatementRefusedError && /not authorized|unauthorized|assume|access denied/i.test(error.reason);
      if (!isEarly || attempt === ATTEMPTS) throw error;
      await wait(15_000);
    }
  }
}

/** Descriptions that a COPY may take for something else. */
const TEXTS = ['NULL', '\\N', 'null', 'a "quoted", text', 'na\u00efve \u{1f600}'] as const;
export const COPIED_TEXTS: readonly (string | null)[] = [...TEXTS, null];

const fieldsOf = (run: string, place: number, description: string | null) => ({
  ...{ lineId: `${run}-${String(place)}`, invoiceNo: run, stockCode: 'A', description, quantity: 1 },
  ...{ invoiceDate: '2010-12-01T08:26:00Z', unitPrice: '1.000', customerId: '17850', country: 'United Kingdom', sentAt: 1 },
});

/** As Firehose brings lines. @returns the descriptions that arrived, in the order of `COPIED_TEXTS` */
export async function copyAsDelivered(
  source: CopySource,
  { by, reader }: { readonly by: WarehouseSession; readonly reader: WarehouseSession },
  run: string,
  wait: Wait,
) {
  const key = `firehose/${run}`;
  // A record without a description leaves it out.
  const lines = COPIED_TEXTS.map((text, place) => {
    const { description, ...others } = fieldsOf(run, place, text);
    return `${JSON.stringify(description === null ? others : { ...others, description })}\n`;
  });
  await source.put(key, lines.join(''));
  const sql = `COPY intake.landing (${STREAM_COLUMNS.join(',')})\nFROM 's3://${source.bucket}/${key}'\nIAM_ROLE default\n${STREAM_COPY_OPTIONS}`;
  await copy(by, 'copy of a delivery', sql, wait);
  return arrived(reader, run);
}

/** As the loader brings imported files. */
export async function copyAsImported(source: CopySource, by: WarehouseSession, run: string, wait: Wait) {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = COPIED_TEXTS.map((text, place) => {
    const { lineId, invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, customerId, country, sentAt } = fieldsOf(
      run,
      place,
      text,
    );
    const before = [lineId, invoiceNo, stockCode].map(quoted);
    const behind = [String(quantity), invoiceDate, unitPrice, customerId, country, String(sentAt), 'confirm'].map(quoted);
    return `${[...before, description === null ? NO_VALUE : quoted(description), ...behind].join(',')}\n`;
  });
  const packed = gzipSync(rows.join(''));
  const [part, manifest] = [`import/staged/${run}.csv.gz`, `import/manifests/${run}.json`];
  await source.put(part, packed);
  const entry = { url: `s3://${source.bucket}/${part}`, mandatory: true, meta: { content_length: packed.length } };
  await source.put(manifest, JSON.stringify({ entries: [entry] }));
  await copy(by, 'copy of an import', copyStatement(source.bucket, manifest), wait);
  return arrived(by, run);
}

async function arrived(reader: WarehouseSession, run: string): Promise<readonly (string | null)[]> {
  const sql = `SELECT description FROM intake.landing WHERE invoiceno = '${run}' ORDER BY lineid`;
  const batch = await reader.run({ name: 'what arrived', statements: [sql] });
  return (await batch.rows(0)).map(([description]) => description?.stringValue ?? null);
}
