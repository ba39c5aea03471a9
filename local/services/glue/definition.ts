import type { DatabaseInput, S3Target, TableInput } from '@aws-sdk/client-glue';

/** What a stack declares of Glue; all references are resolved, names are as Glue keeps them. */
export interface GlueDefinition {
  readonly jobs: readonly JobDefinition[];
  readonly databases: readonly DatabaseDefinition[];
  readonly tables: readonly CatalogTableDefinition[];
  readonly classifiers: readonly ClassifierDefinition[];
  readonly connections: readonly ConnectionDefinition[];
  readonly crawlers: readonly CrawlerDefinition[];
  readonly rulesets: readonly RulesetDefinition[];
}

/** A Spark job in Python. Numbers are as declared, before any time factor. */
export interface JobDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly description?: string;
  /** As declared, such as `s3://cdk-hnb659fds-assets-000000000000-us-east-1/<hash>.py`. */
  readonly scriptLocation: string;
  /** Where the script is on this machine. */
  readonly script: string;
  /** Directories and files of `--extra-py-files` on this machine, in the order in which Python looks into them. */
  readonly pythonPath: readonly string[];
  /** Such as `--bucket`: with the hyphens. */
  readonly defaultArguments: Readonly<Record<string, string>>;
  readonly nonOverridableArguments: Readonly<Record<string, string>>;
  /** Such as `5.1`. */
  readonly glueVersion: string;
  /** Such as `G.1X`. */
  readonly workerType: string;
  readonly numberOfWorkers: number;
  /** @unit minutes */
  readonly timeoutMinutes: number;
  /** 0 to 10. */
  readonly maxRetries: number;
  readonly maxConcurrentRuns: number;
  /** Whether a run waits when there are as many as there may be; otherwise it is refused. */
  readonly queues: boolean;
}

/** A database of the Data Catalog. */
export interface DatabaseDefinition {
  readonly input: DatabaseInput & { readonly Name: string };
}

/** A table of the Data Catalog. */
export interface CatalogTableDefinition {
  readonly databaseName: string;
  readonly input: TableInput & { readonly Name: string };
}

/** A classifier of CSV files. */
export interface ClassifierDefinition {
  readonly name: string;
  /** One character; absent: to be found out. */
  readonly delimiter?: string;
  readonly quoteSymbol?: string;
  readonly containsHeader: 'UNKNOWN' | 'PRESENT' | 'ABSENT';
  /** Names of the columns; empty: those of the file. */
  readonly header: readonly string[];
  readonly disableValueTrimming: boolean;
  readonly allowSingleColumn: boolean;
  readonly customDatatypeConfigured: boolean;
  readonly customDatatypes: readonly string[];
  readonly serde?: string;
}

/** A JDBC connection. */
export interface ConnectionDefinition {
  readonly name: string;
  readonly description?: string;
  /** Such as `JDBC_CONNECTION_URL` and `SECRET_ID`. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A crawler over objects or over a database. */
export interface CrawlerDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly description?: string;
  /** Where its tables go. */
  readonly databaseName: string;
  readonly tablePrefix: string;
  readonly s3Targets: readonly (S3Target & { readonly Path: string })[];
  readonly jdbcTargets: readonly {
    readonly connectionName: string;
    readonly path: string;
    readonly exclusions: readonly string[];
  }[];
  /** Names of classifiers, the first that fits wins. */
  readonly classifiers: readonly string[];
  /** `cron(…)` in UTC; absent: it runs on demand. */
  readonly schedule?: string;
  readonly updateBehavior: 'LOG' | 'UPDATE_IN_DATABASE';
  readonly deleteBehavior: 'LOG' | 'DELETE_FROM_DATABASE' | 'DEPRECATE_IN_DATABASE';
  readonly recrawlBehavior: 'CRAWL_EVERYTHING' | 'CRAWL_NEW_FOLDERS_ONLY';
  /** A JSON text. */
  readonly configuration?: string;
}

/** A data quality ruleset. */
export interface RulesetDefinition {
  readonly name: string;
  readonly description?: string;
  /** DQDL, such as `Rules = [ RowCount > 0 ]`. */
  readonly ruleset: string;
  readonly target?: { readonly databaseName: string; readonly tableName: string };
}
