import type { Claim } from '../claim.ts';

export const catalogClaims: readonly Claim[] = [
  {
    id: 'crawler-rights',
    area: 'Crawlers and data quality',
    claim:
      'Crawlers need no more than their role has, and the one over the warehouse reaches all it calls by the four endpoints.',
    look: 'Start both crawlers of a stage with `warehouseCrawler`: they succeed.',
  },
  {
    id: 'data-quality-rules',
    area: 'Crawlers and data quality',
    claim: 'The data quality rules say in DQDL what they mean.',
    look: 'Start an evaluation of the ruleset after an import: all rules pass.',
  },
  {
    id: 'crawler-csv-types',
    area: 'Crawlers and data quality',
    claim:
      'Dates of CSV are texts in every form, integers beyond 18 digits get the type that the stand-in gives them, and columns without a header are `col0` first.',
    look: 'Crawl the files of `local/services/glue/crawled-files.test.ts` on AWS, and compare the tables.',
  },
  {
    id: 'crawler-similar-schemas',
    area: 'Crawlers and data quality',
    claim:
      'Two schemas are similar when format, delimiter and compression are the same and more than 70 % of the names; types of several files are widened.',
    look: 'Crawl two folders whose names differ in two, and then in four of ten columns.',
  },
  {
    id: 'crawler-latin-1',
    area: 'Crawlers and data quality',
    claim: 'A crawler over ISO-8859-1 finds the same types as over UTF-8.',
    look: 'Crawl a file with pound signs in ISO-8859-1.',
  },
  {
    id: 'crawler-taken-name',
    area: 'Crawlers and data quality',
    claim: 'A table whose name is taken gets a hash of its location behind it.',
    look: 'Crawl two folders of the same name.',
  },
  {
    id: 'crawler-jdbc',
    area: 'Crawlers and data quality',
    claim:
      'A crawler by JDBC lists views among the tables of Redshift, with the names and types that it gives those of other databases.',
    look: 'Start the crawler of a stage with `warehouseCrawler`, and read its tables.',
  },
  {
    id: 'data-quality-absent-values',
    area: 'Crawlers and data quality',
    claim:
      'An absent value fits no rule of ColumnValues and ColumnLength, `matches` finds its pattern anywhere in a value, and bounds of `between` are left out.',
    look: 'Evaluate a ruleset of these three over a table with such values.',
  },
];
