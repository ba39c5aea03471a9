import { expect, test } from 'vitest';
import { givenLoader, lines } from '../support/given-loader.ts';
import { dialectFindings } from './redshift-dialect.ts';

test('statements of the loader itself are in the dialect that Redshift and PostgreSQL share', async () => {
  const { world, run, publish } = givenLoader({ deliveryStream: 'deliveries' });
  const said = new Set<string>();
  const start = world.dataApi.start.bind(world.dataApi);
  Object.assign(world.dataApi, {
    start(...call: Parameters<typeof start>) {
      for (const sql of call[0].statements) said.add(sql);
      return start(...call);
    },
  });
  world.objects.set('raw/v=1/a.ndjson.gz', lines(1));
  // What stands for load, refresh and questions is no SQL.
  const isText = (sql: string) =>
    !/^(MERGE landing INTO .*|UPDATE mart\.freshness|REBUILD rollups|TAKE load errors|SELECT (total|count|rollup))$/.test(sql);
  const isCopy = (sql: string) => sql.startsWith('COPY');

  await run(publish('0123456789abcdef.0123456789ab', lines(2)));
  await run({ source: 'tillgraph.compare' });
  await run({ source: 'tillgraph.rebuild' });

  const texts = [...said].filter(isText);
  expect(
    texts.filter((sql) => !isCopy(sql)).flatMap((sql) => dialectFindings(sql).map((finding) => `${finding}: ${sql}`)),
  ).toEqual([]);
  expect(texts.filter(isCopy).map((sql) => sql.replaceAll(/\s+/g, ' '))).toEqual([
    'COPY intake.landing (lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat, ' +
      "source) FROM 's3://bucket/import/manifests/0123456789abcdef.0123456789ab.json' IAM_ROLE default FORMAT AS CSV NULL AS ' NULL ' GZIP MANIFEST",
    expect.stringMatching(
      /^COPY raw_line \(lineid, .*, sentat\) FROM .*\/rebuild\/gaps-\d+\/gzip-0001\.json' .* GZIP$/,
    ) as string,
    expect.stringMatching(
      /^COPY intake\.landing \(lineid, .*, sentat\) FROM 's3:\/\/bucket\/import\/rebuild\/\d+\/gzip-0001\.json' .* MANIFEST .* GZIP$/,
    ) as string,
  ]);
  expect(texts.length).toBeGreaterThan(12);
});
