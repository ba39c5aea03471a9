// Slow: rules over the templates of all stages.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { appOf, type StageName } from './synthesis.ts';

const bucket = 'RawBucket672A0DBB';

const catalog = 'arn:aws:glue:us-east-1:<AWS::AccountId>';
const database = 'WarehouseImportCatalogDatabaseC520E8C3';

/** The answers for a crawler whose tables begin like this. */
const crawler = (path: string, tablePrefix: string) =>
  [
    [
      `${path}/Access/Role/DefaultPolicy/Resource`,
      `AwsSolutions-IAM5[Resource::${catalog}:table/<${database}>/*]`,
      'It must see which names are taken.',
    ],
    [
      `${path}/Access/Role/DefaultPolicy/Resource`,
      `AwsSolutions-IAM5[Resource::${catalog}:table/<${database}>/${tablePrefix}*]`,
      'A crawler names its tables by what it finds.',
    ],
    [
      `${path}/Access/Role/DefaultPolicy/Resource`,
      'AwsSolutions-IAM5[Resource::arn:aws:logs:us-east-1:<AWS::AccountId>:log-group:/aws-glue/crawlers:*]',
      'All crawlers of an account log to one group, each run to a stream of its own.',
    ],
    [
      `${path}/Crawler`,
      'AwsSolutions-GL1',
      'Its log names columns and counts objects; a key for it would cost a dollar a month.',
    ],
  ] as const;

/** The answers for what stands only where the warehouse's crawler is switched on. */
const acknowledgedOfWarehouseCrawler: readonly (readonly [path: string, rule: string, reason: string])[] = [
  ...crawler('Warehouse/Crawler', 'warehouse_'),
  [
    'Warehouse/Crawler/Access/Role/DefaultPolicy/Resource',
    'AwsSolutions-IAM5[Resource::*]',
    'What Glue does in a VPC with the role of a crawler has no resources that a policy could name.',
  ],
  [
    'Warehouse/Crawler/Access/Role/DefaultPolicy/Resource',
    'AwsSolutions-IAM5[Resource::arn:aws:ec2:us-east-1:<AWS::AccountId>:network-interface/*]',
    'Interfaces have ids that EC2 makes up.',
  ],
];

/** What AwsSolutions would have otherwise, where, and why it is as it is. */
const acknowledged: readonly (readonly [path: string, rule: string, reason: string])[] = [
  [
    'Raw/Bucket/Resource',
    'AwsSolutions-S1',
    'Access logs need a second bucket, which a failed first deployment could not take back once a log lies in it. Our roles only put; who reads is in the data events of CloudTrail, for accounts that record them.',
  ],
  [
    'GraphQL/Api/Resource',
    'AwsSolutions-ASC3',
    'Verbose content is what callers send and get: customer numbers and what they bought do not belong in a log.',
  ],
  ...[
    'RawWriter/Function',
    'StoreWriter/Function',
    'Door/Function',
    'Warehouse/Import/Starter/Function',
    'Warehouse/Delivery/Judge',
  ].map(
    (name) =>
      [
        `${name}/Role/DefaultPolicy/Resource`,
        'AwsSolutions-IAM5[Resource::*]',
        'X-Ray has no resources that a policy could name.',
      ] as const,
  ),
  ...['Warehouse/Loader/Function/Role', 'Warehouse/Schema/Migrator/Role', 'GraphQL/warehouseRole'].map(
    (role) =>
      [
        `${role}/DefaultPolicy/Resource`,
        'AwsSolutions-IAM5[Resource::*]',
        'A statement of the Data API has no ARN, but an owner, who must be this role; X-Ray has nothing that a policy could name.',
      ] as const,
  ),
  [
    'Warehouse/DailyLimit/Limit/CustomResourcePolicy/Resource',
    'AwsSolutions-IAM5[Resource::*]',
    'The actions on usage limits know no resources. The role is that of one function of the CDK, which does as the template says.',
  ],
  ...['firehose', 'import', 'raw'].map(
    (folder) =>
      [
        'Warehouse/Database/CopyRole/DefaultPolicy/Resource',
        `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/${folder}/*]`,
        'COPY reads what was put under this prefix; the keys below it are made of dates and random names.',
      ] as const,
  ),
  [
    'Warehouse/Delivery/Role/DefaultPolicy/Resource',
    `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/firehose/*]`,
    'Firehose makes the keys below firehose/ of dates, its name and random texts.',
  ],
  ...['errors', 'redriven', 'refused'].map(
    (folder) =>
      [
        'Warehouse/Loader/Function/Role/DefaultPolicy/Resource',
        `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/firehose/${folder}/*]`,
        'The lists of what was not copied have names that Firehose makes.',
      ] as const,
  ),
  ...['bulk', 'import/staged', 'curated', 'rejected/import', 'import/done', 'import/manifests'].map(
    (folder) =>
      [
        'Warehouse/Import/Job/Role/DefaultPolicy/Resource',
        `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/${folder}/*]`,
        'People name the files, and Spark and the runs of the import name what they make of them.',
      ] as const,
  ),
  ...crawler('Warehouse/Import/Crawler', 'crawled_'),
  [
    'Warehouse/Import/Crawler/Access/Role/DefaultPolicy/Resource',
    `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/bulk/*]`,
    'People name the files.',
  ],
  ...['manifests', 'loaded', 'refused', 'rebuild'].map(
    (folder) =>
      [
        'Warehouse/Loader/Function/Role/DefaultPolicy/Resource',
        `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/import/${folder}/*]`,
        'The lists of what is copied are named by the runs and the rebuilds that made them.',
      ] as const,
  ),
  [
    'Warehouse/Import/Job/Role/DefaultPolicy/Resource',
    'AwsSolutions-IAM5[Resource::*]',
    'A metric has no ARN, but a namespace, which must be that of Glue.',
  ],
  [
    'Warehouse/Import/Job/Job',
    'AwsSolutions-GL1',
    'Logs are encrypted without a key of ours, which would cost a dollar a month: they name files and count rows, and say no more.',
  ],
  [
    'Warehouse/Import/Job/Job',
    'AwsSolutions-GL3',
    'There is no bookmark: what is done is kept in the bucket, which is encrypted.',
  ],
  [
    'Warehouse/Database/Network/Vpc',
    'AwsSolutions-VPC7',
    'One port is open, to named addresses, and who signs in there is in the connection log of the warehouse.',
  ],
  [
    'Warehouse/Delivery/Stream',
    'AwsSolutions-KDF1',
    'Its source is a stream that is encrypted itself; Firehose takes no key of its own then.',
  ],
  [
    'Warehouse/DeadLetters/Queue/Resource',
    'AwsSolutions-SQS3',
    'It is the queue of dead letters itself: rules and schedules put there.',
  ],
  [
    'Alarms/ImportFailedRole/DefaultPolicy/Resource',
    'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
    'SNS makes a data key by two actions of that name, with one key.',
  ],
  ...['LoaderUser', 'BiUser'].map(
    (name) =>
      [
        `Warehouse/${name}/Secret/Resource`,
        'AwsSolutions-SMG4',
        'A new password must reach the database in the same moment, which only the migrator can do, at a deployment. 190 random bits outlast it.',
      ] as const,
  ),
  ...['RawWriter', 'StoreWriter'].map(
    (name) =>
      [
        `${name}/Function/Role/DefaultPolicy/Resource`,
        `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/aws/lambda/*]`,
        'Lambda puts failed batches under aws/lambda/<mapping>/, and a mapping has its id only after its function has this role.',
      ] as const,
  ),
  [
    'RawWriter/Function/Role/DefaultPolicy/Resource',
    `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/raw/*]`,
    'The keys below raw/ are made of dates, shards and sequence numbers.',
  ],
  [
    'StoreWriter/Function/Role/DefaultPolicy/Resource',
    `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/rejected/*]`,
    'The keys below rejected/ are made of dates, shards and sequence numbers.',
  ],
];

const findings = (stage: StageName, acknowledge: boolean, context: Readonly<Record<string, unknown>> = {}): string[] => {
  const app = appOf(stage, context);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = app.node.findChild(`Tillgraph-${stage}`);
  if (acknowledge) {
    for (const [path, id, reason] of [...acknowledged, ...acknowledgedOfWarehouseCrawler]) {
      const construct = path.split('/').reduce<IConstruct | undefined>((scope, id) => scope?.node.tryFindChild(id), stack);
      if (construct !== undefined) Validations.of(construct).acknowledge({ id, reason });
    }
  }
  try {
    app.synth();
  } catch {
    // Findings fail the synthesis; what they are is in the report, which the assertion prints.
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
  };
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${constructPath.replace(/^[^/]+\//, '')} ${ruleName}`),
    ),
  );
};

test.each<StageName>(['dev', 'lean', 'prod'])('AwsSolutions has nothing against %s that is not answered here', (stage) => {
  expect(findings(stage, true)).toEqual([]);
});

test('nor with a crawler of the warehouse', () => {
  const added = findings('prod', false, { warehouseCrawler: true }).filter((finding) => finding.startsWith('Warehouse/Crawler/'));

  expect(findings('prod', true, { warehouseCrawler: true })).toEqual([]);
  expect(added.sort()).toEqual(acknowledgedOfWarehouseCrawler.map(([path, rule]) => `${path} ${rule}`).sort());
});

test('every answer is to a finding that is still made', () => {
  const asked = acknowledged.map(([path, rule]) => `${path} ${rule}`);

  expect(findings('prod', false).sort()).toEqual(asked.sort());
});
