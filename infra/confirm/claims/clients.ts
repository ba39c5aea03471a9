import type { Claim } from '../claim.ts';

/** How services answer clients that people have, where no document settles it. The stand-ins are as is said here. */
export const clientClaims: readonly Claim[] = [
  ...inArea('AppSync', [
    [
      'graphql-not-utf8',
      'A request body that is not UTF-8 is refused, and not read with replacement characters.',
      'Post one with curl.',
    ],
    [
      'java-noncharacters',
      '`util.matches` takes pairs of escapes such as `\\uD83F\\uDFFE` in a class.',
      'Send a line with U+1FFFE in its description: it is refused.',
    ],
    [
      'sdk-request-id-cors',
      'AppSync lets pages of another origin read the header `x-amzn-requestid`.',
      'Ask by the SDK from a page: `onResponse` has a `requestId`.',
    ],
    [
      'sdk-request-id-on-errors',
      'AppSync sends `x-amzn-requestid` with 401, 429 and 5xx too.',
      'Ask with a wrong key: the error of the SDK has a `requestId`.',
    ],
    [
      'execute-step-size',
      'A bundle of 27 KB, which makes the SQL of every question, is saved and evaluated.',
      'Deploy, and ask `sales` grouped by HOUR and COUNTRY.',
    ],
  ]),
  ...inArea('Stream and stores', [
    [
      'gateway-not-utf8',
      'Of a JSON body that is not UTF-8 an HTTP API hands Lambda base64, or a text with U+FFFD.',
      'Post one to `/transactions`: the answer is 400.',
    ],
    [
      's3-response-header-control-character',
      'A `response-*` parameter with a control character is `InvalidArgument`.',
      'Ask for an object with `response-content-disposition=%01`.',
    ],
    [
      's3-expected-owner-malformed',
      'An expected bucket owner that is no account id is refused with 400 `InvalidBucketOwnerAWSAccountID`.',
      'Send `x-amz-expected-bucket-owner: me`.',
    ],
    [
      's3-small-chunk-number',
      'A chunk of less than 8 KiB that is not the last is `InvalidChunkSizeError`, and `Chunk` is the number of the chunk behind it.',
      'Put an object in chunks of 1 KiB.',
    ],
    [
      'glue-object-put-back',
      'An object of `bulk/` that is put back as it was before, by another program than `npm run import`, starts no run of the job.',
      'Copy A, B and A again to one key with `aws s3 cp`: `curated/` keeps the lines of B.',
    ],
    [
      's3-chunk-signature-message',
      'A chunk whose signature is wrong is 403 `SignatureDoesNotMatch`, as are bytes behind the last one.',
      'Alter a byte of a signed chunk.',
    ],
    [
      'kinesis-cbor-untagged-time',
      'A time in CBOR is milliseconds, with its tag and without.',
      'Ask for `AT_TIMESTAMP` in CBOR without the tag.',
    ],
    [
      'dynamodb-filter-of-local-index',
      'A filter on a local index sees attributes that the index lacks and the query projects.',
      'Filter a query on a local index by an attribute it lacks.',
    ],
    [
      'dynamodb-filter-of-global-index',
      'A filter on a global index sees nothing of what the index lacks, and is not refused.',
      'Filter a query on a global index by an attribute it lacks.',
    ],
    [
      'dynamodb-sum-beyond-38-digits',
      'A sum that needs more than 38 digits is refused in the words for a number of more than 38 digits.',
      'Add 1 to 10^38 by `SET a = a + :one`.',
    ],
    [
      'dynamodb-contains-document',
      '`contains` of a list finds a map or a list that is equal as a whole.',
      'Put a list of maps, and look for one of them.',
    ],
    [
      'dynamodb-order-operand-words',
      'An operand that has no order is refused in the words for an operand type that is not supported by `<`.',
      'Write a condition with `<` and a map.',
    ],
    [
      'dynamodb-create-table-words',
      'Doubled or too many projected attributes, and a view of a stream without a stream, are refused in the words of the stand-in.',
      'Create such tables.',
    ],
  ]),
  ...inArea('Warehouse', [
    [
      'warehouse-from-varbyte',
      "`FROM_VARBYTE(FROM_HEX(…), 'utf8')` makes characters of several bytes, which `TRANSLATE` finds.",
      'Load a line with U+0085 in its description: it is rejected.',
    ],
    [
      'rebuild-like-keeps-keys',
      '`CREATE TABLE … (LIKE …)` keeps distribution and sort keys.',
      'Look at `svv_table_info` of the schema `rebuild`.',
    ],
    [
      'rebuild-swap-one-batch',
      'The swap at the end of a rebuild runs as one batch of the Data API, and readers see what was there before until it commits.',
      'Run `npm run rebuild` over 100 lines, and ask for the sum meanwhile.',
    ],
    [
      'bi-rejected-line-view',
      'The role `bi_reader` reads `bi.rejected_line` without a right on the schema `intake`.',
      'Ask it as the user `bi`.',
    ],
    [
      'avg-of-decimals',
      '`AVG` of decimals rounds to the scale of its argument.',
      '`SELECT AVG(a)` of 0.01 and 0.02 as DECIMAL(3,2).',
    ],
    [
      'load-content-once',
      'A load is no slower for the batch that carries its content as one text, and for groups that are made in one statement.',
      'Load the real file twice; `npm run confirm -- stage` says how long each load took.',
    ],
    [
      'redrive-timeformat',
      "COPY takes `TIMEFORMAT 'auto'` beside `MANIFEST` and JSON.",
      'Redrive a list of `firehose/refused/`.',
    ],
    [
      'decimal-quotient-last-digit',
      'A quotient of decimals is rounded in its last place.',
      'Divide two columns of DECIMAL(8,2), 20 by 3: 6.666666667, or 6.666666666.',
    ],
    [
      'decimal-quotient-beyond-38',
      'A quotient that by the rule of the guide would have more than 38 digits is computed, with a smaller scale.',
      '`SELECT SUM(a) / COUNT(*)` of a column of DECIMAL(12,3); how many places it has.',
    ],
    [
      'decimal-integer-operand',
      'A whole number that meets a decimal counts as 5, 10 or 19 digits, by its type.',
      'Divide a column of DECIMAL(8,2) by one of INTEGER: 13 places.',
    ],
    [
      'percentile-cont-scale',
      '`PERCENTILE_CONT` and `MEDIAN` of decimals have a place more than their values, or as many as the result needs.',
      'Ask both of 1.55 and 2.10 as DECIMAL(5,2): 1.825.',
    ],
    ['datediff-week-boundary', '`DATEDIFF(week, …)` counts Mondays.', 'From a Saturday to a Sunday it is 0.'],
    ['dateadd-month-end', '`DATEADD(month, 1, …)` of 28 February is 28 March.', 'Ask it; `ADD_MONTHS` gives 31 March.'],
    [
      'group-by-trailing-blanks',
      "GROUP BY, DISTINCT and joins take `'a'` and `'a '` for one, as comparisons do.",
      'Group two such values.',
    ],
    [
      'reject-trailing-blanks',
      'Two rejected rows that differ in blanks at the end alone stand once in `intake.reject`.',
      'Land both, and load.',
    ],
    ['median-scale', '`MEDIAN` of decimals has one digit more than its argument.', 'Ask for that of 0.01 and 0.02.'],
    ['aliases-in-where', 'WHERE may use the alias of a column.', '`SELECT 1 AS a WHERE a = 1`.'],
  ]),
  ...inArea('Imports', [
    [
      'import-layout-metadata',
      '`head_object` of boto3 in Glue has the metadata `layout` that `aws s3 cp --metadata` wrote.',
      'Import a day-first file so, as docs/import.md says.',
    ],
  ]),
  ...inArea('Crawlers and data quality', [
    [
      'glue-partition-null',
      '`__HIVE_DEFAULT_PARTITION__` compares as the text that it is.',
      'Ask for partitions by an expression that names it.',
    ],
    ['glue-predicate-not', 'An expression of `GetPartitions` takes `NOT (…)` in front.', 'Ask with one.'],
  ]),
];

function inArea(area: Claim['area'], rows: readonly (readonly [id: string, claim: string, look: string])[]): Claim[] {
  return rows.map(([id, claim, look]) => ({ id, area, claim, look }));
}
