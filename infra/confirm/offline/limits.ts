import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import type { Aws } from '../aws.ts';
import { differs, holds, type Seen } from '../claim.ts';
import type { OfflinePlace } from './place.ts';

const grouped = new Intl.NumberFormat('en-GB');

/** A number that the account has, beside the one that is needed. */
const compared = (what: string, has: number | undefined, needs: number): Seen => {
  if (has === undefined) return differs(`Service Quotas does not tell ${what}.`);
  return (has >= needs ? holds : differs)(`The account has ${grouped.format(has)} ${what}; ${grouped.format(needs)} are needed.`);
};

/** Each function once, and the consumers once more: what the stack needs at a quiet moment. */
const FEWEST_AT_ONCE = 10;

export async function concurrencyIsEnough({ aws }: OfflinePlace): Promise<Seen> {
  const { AccountLimit } = await aws('lambda:GetAccountSettings', {});
  return compared('functions at once', AccountLimit?.UnreservedConcurrentExecutions, FEWEST_AT_ONCE);
}

/** One request of the largest page costs about this many. @unit tokens a second */
const FEWEST_TOKENS = 1_000;

export const tokensAreEnough = async ({ aws }: OfflinePlace): Promise<Seen> =>
  compared('request tokens a second', await quota(aws, 'appsync', /request tokens/i), FEWEST_TOKENS);

/** The highest `MaxWriteRequestUnits` of the template. */
export async function writesAreEnough({ aws, template }: OfflinePlace): Promise<Seen> {
  const fuses = [...JSON.stringify(template).matchAll(/"MaxWriteRequestUnits":(\d+)/g)].map(([, units = '']) => Number(units));
  const of = await quota(aws, 'dynamodb', /table-level write throughput/i);
  return compared('write units a second for each table', of, Math.max(...fuses));
}

async function quota(aws: Aws, ServiceCode: string, name: RegExp): Promise<number | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await aws('servicequotas:ListServiceQuotas', { ServiceCode, ...(NextToken === undefined ? {} : { NextToken }) });
    const found = (page.Quotas ?? []).find((one: ServiceQuota) => name.test(one.QuotaName ?? ''));
    if (found !== undefined) return found.Value;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

/** Three, but for the one region that has two. @source Redshift management guide, "Considerations when using Redshift Serverless" */
const zonesNeeded = (region: string) => (region === 'us-west-1' ? 2 : 3);

export async function zonesAreEnough({ aws, region }: OfflinePlace): Promise<Seen> {
  const { AvailabilityZones = [] } = await aws('ec2:DescribeAvailabilityZones', {
    Filters: [
      { Name: 'zone-type', Values: ['availability-zone'] },
      { Name: 'state', Values: ['available'] },
    ],
  });
  const zones = AvailabilityZones.map(({ ZoneName = '', ZoneId = '' }) => `${ZoneName} (${ZoneId})`).sort();
  const seen = `${region} has ${zones.join(', ')}.`;
  return zones.length >= zonesNeeded(region) ? holds(seen) : differs(seen);
}
