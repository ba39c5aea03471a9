import { Stack } from 'aws-cdk-lib';
import { CfnClassifier, CfnCrawler } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { BULK_PREFIX } from '../../domain/bucket.ts';
import type { Catalog } from './catalog.ts';
import { CrawlerRole } from './crawler-role.ts';
import type { RawBucket } from './raw-bucket.ts';

export interface BulkCrawlerProps {
  readonly bucket: RawBucket;
  readonly catalog: Catalog;
  /** As Glue writes it, in UTC; only when somebody asks without it. */
  readonly schedule: string | undefined;
}

const TABLES = 'crawled_';

/**
 * Finds out what columns the files under `bulk/` have, as the table `crawled_bulk`, for people who look at them before an import.
 *
 * @remarks Nothing depends on it, because a crawler guesses from the first rows: InvoiceNo and StockCode are numbers until a `C536379`
 * or an `85123A` comes, CustomerID may be a fraction (`17850.0`), InvoiceDate is a text, and a price is a binary fraction. The import
 * reads every column as text and has its own rules; the table `lines` is declared with the true types.
 *
 * A crawl is billed for ten minutes at the least: 15 cents. It looks at new folders only, and logs a change instead of making it, so
 * that the table is what the first crawl saw until somebody deletes it.
 */
export class BulkCrawler extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { bucket, catalog, schedule }: BulkCrawlerProps) {
    super(scope, id);
    const { role } = new CrawlerRole(this, 'Access', { catalog, tablePrefix: TABLES });
    bucket.grantRead(role, BULK_PREFIX);
    const classifier = new CfnClassifier(this, 'Csv', {
      csvClassifier: {
        name: `${Stack.of(this).stackName.toLowerCase()}-bulk`,
        delimiter: ',',
        quoteSymbol: '"',
        // Otherwise the header is a row like the others as soon as all columns are texts.
        containsHeader: 'PRESENT',
      },
    });
    const crawler = new CfnCrawler(this, 'Crawler', {
      description: 'What columns the files under bulk/ have',
      role: role.roleArn,
      databaseName: catalog.databaseName,
      tablePrefix: TABLES,
      classifiers: [classifier.ref],
      targets: { s3Targets: [{ path: `s3://${bucket.bucket.bucketName}/${BULK_PREFIX}` }] },
      recrawlPolicy: { recrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
      // What CRAWL_NEW_FOLDERS_ONLY asks for.
      schemaChangePolicy: { updateBehavior: 'LOG', deleteBehavior: 'LOG' },
      // One table, not one for each file whose columns are in another order.
      configuration: JSON.stringify({ Version: 1, Grouping: { TableGroupingPolicy: 'CombineCompatibleSchemas' } }),
      ...(schedule === undefined ? {} : { schedule: { scheduleExpression: schedule } }),
    });
    crawler.node.addDependency(role);
    this.name = crawler.ref;
  }
}
