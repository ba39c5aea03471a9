import { isDeepStrictEqual } from 'node:util';
import type { Aws } from '../aws.ts';
import { differs, holds, type Seen } from '../claim.ts';
import { PARITY_RESOLVERS, type ParityCase } from './parity-cases.ts';
import type { ApiPlace, Post } from './place.ts';

/** Gives an API the resolvers of the cases. */
export async function addParityResolvers(aws: Aws, apiId: string): Promise<void> {
  const common = { apiId, typeName: 'Query', dataSourceName: 'none', kind: 'UNIT' } as const;
  const runtime = { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' } as const;
  await aws('appsync:CreateDataSource', { apiId, name: 'none', type: 'NONE' });
  for (const [fieldName, code] of Object.entries(PARITY_RESOLVERS))
    await aws('appsync:CreateResolver', { ...common, fieldName, code, runtime });
}

/** Sends a case, and compares the answer with the one that the local AppSync gives. */
export async function answersAsHere(one: ParityCase, post: Post): Promise<Seen> {
  const { query, variables, status = 200, errors, data } = one;
  const answer = await post(query, variables);
  const seen = `AppSync answered ${String(answer.status)} ${answer.body.slice(0, 400)}`;
  const body = JSON.parse(answer.body.replaceAll(/,"sourceName":null/g, '')) as Readonly<Record<string, unknown>>;
  const isSame =
    answer.status === status &&
    isDeepStrictEqual(body['errors'], errors) &&
    (status !== 200 || isDeepStrictEqual(body['data'], data ?? null));
  return isSame ? holds(`${seen}, as here.`) : differs(`${seen}.`);
}

/** A case as a check. */
export const parityCheck =
  (one: ParityCase) =>
  async ({ parityPost }: ApiPlace): Promise<Seen> =>
    answersAsHere(one, await parityPost());
