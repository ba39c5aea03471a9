import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Resource, resources, type StageName, templateOf } from './synthesis.ts';

const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');

/** The cells of the only row that begins with this one. */
function row(first: string): readonly string[] {
  const [line, second] = guide.split('\n').filter((text) => text.startsWith('|') && text.split('|')[1]?.trim() === first);
  if (line === undefined || second !== undefined) throw new Error(`docs/deploy.md has not one row ${first}`);
  return line.split('|').map((cell) => cell.trim());
}

const count = (stage: StageName, type: string) => Object.keys(resources(templateOf(stage), type)).length;

/** Metrics of alarms, each billed by itself: an alarm over an expression has several. @unit 0.10 dollars a month */
const alarmed = (stage: StageName) =>
  Object.values(resources(templateOf(stage), 'AWS::CloudWatch::Alarm')).reduce((sum, { Properties: { Metrics } }) => {
    const parts = Metrics as readonly { readonly MetricStat?: unknown }[] | undefined;
    return sum + (parts?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
  }, 0);

/** In dollars a month of 730 hours. @source the price lists of us-east-1, November 2026 */
const PRICES = {
  alarmedMetric: 0.1,
  logMetric: 0.3,
  shard: 10.95,
  onDemand: 29.2,
  address: 3.65,
  secret: 0.4,
  webAcl: 6,
  key: 1,
};

const alarms = (stage: StageName) => alarmed(stage) * PRICES.alarmedMetric;
/** Filters that feed one metric cost one. */
const logMetrics = (stage: StageName) => {
  const filters = Object.values(resources(templateOf(stage), 'AWS::Logs::MetricFilter'));
  const names = filters.flatMap(({ Properties }) =>
    (Properties['MetricTransformations'] as { MetricName: string }[]).map(({ MetricName }) => MetricName),
  );
  return new Set(names).size * PRICES.logMetric;
};
/** And the one that Redshift makes for its administrator. */
const secrets = (stage: StageName) =>
  (count(stage, 'AWS::SecretsManager::Secret') + count(stage, 'AWS::RedshiftServerless::Namespace')) * PRICES.secret;
const guards = (stage: StageName) =>
  count(stage, 'AWS::WAFv2::WebACL') * PRICES.webAcl + count(stage, 'AWS::KMS::Key') * PRICES.key;

describe('what the guide says it costs', () => {
  test('alarms, metrics of logs and secrets are as many as the templates have', () => {
    const text = (of: (stage: StageName) => number, stage: StageName) => of(stage).toFixed(2);

    expect(row('alarms')[2]).toContain(`${text(alarms, 'lean')} dollars, ${text(alarms, 'dev')} with a warehouse`);
    expect(row('metrics of the logs')[2]).toContain(
      `up to ${text(logMetrics, 'lean')} dollars, up to ${text(logMetrics, 'dev')} with a warehouse`,
    );
    expect(row('three secrets')[2]).toBe(`${text(secrets, 'dev')} dollars`);
    expect(row('web ACL and key, `prod`')[2]).toContain(`${text(guards, 'prod')} dollars`);
    expect([alarms('prod'), logMetrics('prod'), secrets('prod')]).toEqual([alarms('dev'), logMetrics('dev'), secrets('dev')]);
  });

  test('a month of each stage, when idle, lies between what is always billed and what may be', () => {
    const looks: Readonly<Record<StageName, number>> = { dev: 0.06, lean: 0, prod: 0.45 + 0.65 };
    const month = (stage: StageName) => {
      const addresses = count(stage, 'AWS::EC2::Subnet') * PRICES.address;
      const always = (stage === 'prod' ? PRICES.onDemand : PRICES.shard) + secrets(stage) + guards(stage) + looks[stage];
      // Ten metrics of alarms, and ten metrics of one's own, are free in an account.
      const least = always + alarms(stage) - 1 + Math.min(addresses, PRICES.address);
      return [Math.floor(least), Math.ceil(always + alarms(stage) + logMetrics(stage) + addresses)] as const;
    };

    const [, , dev, lean, prod] = row('per month, when idle');

    for (const [stage, written] of Object.entries({ dev, lean, prod }) as [StageName, string | undefined][])
      expect(written, stage).toMatch(new RegExp(`^${month(stage).join(' to ')}( dollars)?$`));
  });
});

test('what outlives prod is what the guide lists, and as many', () => {
  const all = Object.values(templateOf('prod').toJSON()['Resources'] as Readonly<Record<string, Resource>>);
  const kept = all.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
  const counts = Object.fromEntries(
    [...new Set(kept.map(({ Type }) => Type))].map((type) => [type, kept.filter(({ Type }) => Type === type).length]),
  );
  const listed = [...guide.matchAll(/^\| `((?:AWS|Custom)::[\w:]+)`\s*\| (\d+)/gm)].map(([, type, number]) => [
    type,
    Number(number),
  ]);

  expect(Object.fromEntries(listed)).toEqual(counts);
});

test('nothing of dev or lean stays', () => {
  for (const stage of ['dev', 'lean'] as const) {
    const all = Object.values(templateOf(stage).toJSON()['Resources'] as Readonly<Record<string, Resource>>);

    expect(all.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')).toEqual([]);
  }
});
