import { getIntrospectionQuery } from 'graphql';
import { differs, holds, type Seen } from '../claim.ts';
import type { ApiPlace } from './place.ts';

export const schemaIsTaken = async ({ schema }: ApiPlace): Promise<Seen> =>
  schema === 'SUCCESS' ? holds('AppSync took the schema.') : differs(`AppSync refused the schema: ${schema}.`);

export async function emptyVariablesAreTaken({ aws, apiId }: ApiPlace): Promise<Seen> {
  const environmentVariables = { STREAM_NAME: 'transactions', WAREHOUSE_WORKGROUP: '' };
  try {
    await aws('appsync:PutGraphqlApiEnvironmentVariables', { apiId, environmentVariables });
  } catch (error) {
    return differs(`AppSync refused a variable without a value: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return holds('AppSync took a variable without a value.');
}

/** Saves every bundle as a function: then AppSync looks at its code as it does in a deployment. */
export async function bundlesAreSaved({ aws, apiId, bundles, bundle, progress }: ApiPlace): Promise<Seen> {
  const runtime = { name: 'APPSYNC_JS' as const, runtimeVersion: '1.0.0' };
  await aws('appsync:CreateDataSource', { apiId, name: 'none', type: 'NONE' });
  const refused: string[] = [];
  for (const [done, name] of bundles.entries()) {
    progress(done, bundles.length);
    try {
      const code = bundle(name);
      await aws('appsync:CreateFunction', { apiId, name: name.replaceAll('.', '_'), dataSourceName: 'none', code, runtime });
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const [first] = refused;
  if (first === undefined) return holds(`AppSync saved all ${String(bundles.length)} bundles.`);
  return differs(`AppSync refused ${String(refused.length)} of ${String(bundles.length)} bundles; the first: ${first}`);
}

/** The usual question for a schema is thirteen levels deep. */
export async function introspectionPassesTheDepthLimit({ post }: ApiPlace): Promise<Seen> {
  const { status, body } = await post(getIntrospectionQuery());
  const { data, errors = [] } = JSON.parse(body) as { data?: { __schema?: unknown } | null; errors?: { message: string }[] };
  if (errors.length === 0 && data?.__schema !== undefined) return holds('The schema was told in full.');
  return differs(`The answer was ${String(status)}: ${errors.map(({ message }) => message).join('; ')}`);
}
