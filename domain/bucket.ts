// The folders of the bucket, for the stack that makes it and for all that write and read there.

/** Where every transaction is, a folder for each day and hour. */
export const RAW_PREFIX = 'raw/';
export const RAW_LINES_PREFIX = `${RAW_PREFIX}v=1/`;

/** Where lines are that a consumer cannot read, each with the reason; and those that no table takes, which are sent again. */
export const REJECTED_PREFIX = 'rejected/';
export const UNREADABLE_PREFIX = `${REJECTED_PREFIX}store-writer/`;
export const UNSTORED_PREFIX = `${REJECTED_PREFIX}unstored/`;

/** Where Firehose puts what the warehouse copies, and lists of it. */
export const DELIVERY_PREFIX = 'firehose/';

/**
 * Where Firehose puts records that the judge did not answer for.
 *
 * @source "Handle failure in data transformation" in Firehose's guide: the folder `processing-failed`
 */
export const UNJUDGED_PREFIX = `${DELIVERY_PREFIX}processing-failed/`;

/** Where the loader puts the lists of what it copied late, and of what the warehouse refuses again. */
export const REDRIVEN_PREFIX = `${DELIVERY_PREFIX}redriven/`;
export const REFUSED_PREFIX = `${DELIVERY_PREFIX}refused/`;

/** Where people put files of past transactions. They stay: the warehouse is rebuilt from them. */
export const BULK_PREFIX = 'bulk/';

/** Where an import keeps what it makes of a file, and what became of it. */
export const IMPORT_PREFIX = 'import/';

/** Imported lines with their true types, as Parquet, for whoever asks them without the warehouse. */
export const CURATED_PREFIX = 'curated/';

/**
 * Where Lambda itself puts batches that a consumer could not take.
 *
 * @source "Retain discarded batch records" in Lambda's guide: `aws/lambda/<mapping>/<shard>/…`; it cannot be chosen
 */
export const GIVEN_UP_PREFIX = 'aws/lambda/';
