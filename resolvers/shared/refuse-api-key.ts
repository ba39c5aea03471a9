import { util } from '@aws-appsync/utils';

/**
 * Ends the field with `Unauthorized` where an API key reads aggregates alone and the caller has no more than a key.
 *
 * @remarks Fields and types are closed by the schema's directives; this is for what only the arguments tell.
 */
export function refuseApiKey(env: Readonly<Record<string, string>>, what: string): void {
  if (env['API_KEY_READS'] === 'aggregates' && util.authType() !== 'IAM Authorization')
    util.error(
      `${what} shows single customers: here an API key reads aggregates alone, sign the request with IAM`,
      'Unauthorized',
    );
}
