import { Construct } from 'constructs';
import { BulkCrawler } from './constructs/bulk-crawler.ts';
import { Catalog } from './constructs/catalog.ts';
import type { DeadLetters } from './constructs/dead-letters.ts';
import { ImportJob } from './constructs/import-job.ts';
import { ImportSchedule } from './constructs/import-schedule.ts';
import { ImportStarter } from './constructs/import-starter.ts';
import type { RawBucket } from './constructs/raw-bucket.ts';
import type { Stage, WarehouseSettings } from './stages.ts';

export interface ImportPathProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly bucket: RawBucket;
  /** Where events go that reached nobody. */
  readonly deadLetters: DeadLetters;
}

/** All between a file under `bulk/` and the list by which the warehouse's loader copies it; and what others ask of the files. */
export class ImportPath extends Construct {
  readonly job: ImportJob;
  readonly starter: ImportStarter;
  readonly catalog: Catalog;
  readonly crawler: BulkCrawler;

  constructor(scope: Construct, id: string, { stage, settings, build, bucket, deadLetters }: ImportPathProps) {
    super(scope, id);
    this.catalog = new Catalog(this, 'Catalog', { bucket });
    this.job = new ImportJob(this, 'Job', { stage, bucket, catalog: this.catalog });
    this.starter = new ImportStarter(this, 'Starter', { stage, build, bucket, deadLetters, job: this.job });
    new ImportSchedule(this, 'Schedule', { job: this.job, deadLetters, expression: settings.importSchedule });
    this.crawler = new BulkCrawler(this, 'Crawler', { bucket, catalog: this.catalog, schedule: settings.crawlSchedule });
  }
}
