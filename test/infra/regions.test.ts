import { afterAll, describe, expect, test, vi } from 'vitest';
import { appOf, type Resource, type StageName } from './synthesis.ts';

/** One with all of AWS, one with two zones, one in Europe, and one of another partition. */
const regions = ['us-east-1', 'us-west-1', 'eu-central-1', 'cn-north-1'] as const;
const stages: readonly StageName[] = ['dev', 'lean', 'prod'];

interface Written {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** The template of a stage in a region, with everything that can be switched on. */
function templateIn(region: string, stage: StageName): Written {
  vi.stubEnv('CDK_DEFAULT_REGION', region);
  try {
    return appOf(stage, { warehouseCrawler: true }).synth().getStackByName(`Tillgraph-${stage}`).template as Written;
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Every text of a value, with where it stands. */
function texts(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, `${path}/${name}`));
}

/**
 * What names a service as somebody who acts is written `<service>.amazonaws.com` in every partition; the services whose principal has
 * another name in China, such as EC2, are none of ours.
 *
 * @source aws-cdk-lib, `ServicePrincipal.servicePrincipalName` and `ServicePrincipal.fromStaticServicePrincipleName`
 */
const isPrincipal = (path: string, text: string) =>
  /\/Principal(?:\/Service)?(?:\/\d+)?$/.test(path) && /^[a-z-]+\.amazonaws\.com$/.test(text);

describe.each(stages)('stage %s', (stage) => {
  const templates = new Map(regions.map((region) => [region, templateIn(region, stage)]));
  afterAll(() => {
    templates.clear();
  });

  test.each(regions)('stands in %s, and names no host and no partition but its own', (region) => {
    const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';

    const foreign = texts(templates.get(region)?.Resources).filter(
      ([path, text]) =>
        (text.includes('amazonaws.com') && !isPrincipal(path, text)) ||
        [...text.matchAll(/arn:(aws[a-z-]*):/g)].some(([, written]) => written !== partition),
    );

    expect(foreign).toEqual([]);
  });

  test('is the same in every region, but for addresses, zones and names of the region', () => {
    const shape = (region: (typeof regions)[number]) =>
      Object.entries(templates.get(region)?.Resources ?? {}).map(([id, { Type }]) => `${Type} ${id}`);

    for (const region of regions) expect(shape(region)).toEqual(shape('us-east-1'));
  });
});
