import { ServiceError } from '../../errors.ts';
import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';

/** One secret with its value; there is one version of each. */
interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly current: { readonly text: string; readonly versionId: string; readonly createdAt: number };
}

/** Where secrets come from. */
export interface SecretSource {
  readonly all: readonly { readonly name: string }[];
  /** @param id - name, ARN, or ARN without the six characters at its end */
  find(id: string): Secret | undefined;
}

/** @source Secrets Manager, ListSecrets, MaxResults */
const MAX_LISTED = 100;
const CURRENT = 'AWSCURRENT';
type Input = Readonly<Record<string, unknown>>;

/** The operations that read secrets; only the template changes them. */
export function secretsManagerOperations(secrets: SecretSource): JsonOperations<ResponseEffect> {
  return {
    GetSecretValue: (input) => getSecretValue(secretNamed(secrets, input), input),
    DescribeSecret: (input) => describe(secretNamed(secrets, input)),
    ListSecrets: (input) => list(secrets, input),
  };
}

function secretNamed(secrets: SecretSource, { SecretId }: Input): Secret {
  if (typeof SecretId !== 'string' || SecretId === '') throw invalid('SecretId', SecretId, 'a name or an ARN');
  const secret = secrets.find(SecretId);
  if (secret !== undefined) return secret;
  throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

function getSecretValue({ name, arn, current }: Secret, { VersionId, VersionStage }: Input): unknown {
  if (VersionId !== undefined && VersionId !== current.versionId)
    throw secretWithoutValue(`VersionId: ${JSON.stringify(VersionId)}`);
  if (VersionStage !== undefined && VersionStage !== CURRENT)
    throw secretWithoutValue(`staging label: ${JSON.stringify(VersionStage)}`);
  return {
    ARN: arn,
    Name: name,
    CreatedDate: current.createdAt / 1000,
    SecretString: current.text,
    VersionId: current.versionId,
    VersionStages: [CURRENT],
  };
}

function secretWithoutValue(which: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${which}`);
}

function describe(secret: Secret): unknown {
  const { versionId } = secret.current;
  return { ...facts(secret), VersionIdsToStages: { [versionId]: [CURRENT] } };
}

function facts({ name, arn, description, current }: Secret): Record<string, unknown> {
  const [CreatedDate, LastChangedDate] = [current.createdAt / 1000, current.createdAt / 1000];
  return { ARN: arn, Name: name, ...(description !== undefined && { Description: description }), CreatedDate, LastChangedDate };
}

/** In the order of their names. */
function list(secrets: SecretSource, { MaxResults = MAX_LISTED, NextToken, Filters = [] }: Input): unknown {
  if (typeof MaxResults !== 'number' || !Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > MAX_LISTED)
    throw invalid('MaxResults', MaxResults, `a whole number from 1 to ${String(MAX_LISTED)}`);
  if (!Array.isArray(Filters) || Filters.length > 0) throw invalid('Filters', Filters, 'none: filters are not supported locally');
  if (NextToken !== undefined && typeof NextToken !== 'string')
    throw invalid('NextToken', NextToken, 'what the call before gave');
  const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString();
  const names = secrets.all.map(({ name }) => name).filter((name) => name > after);
  const page = names.sort().slice(0, MaxResults);
  const last = page.at(-1);
  return {
    SecretList: page.flatMap((name) => {
      const secret = secrets.find(name);
      return secret === undefined
        ? []
        : [{ ...facts(secret), SecretVersionsToStages: { [secret.current.versionId]: [CURRENT] } }];
    }),
    ...(last !== undefined && page.length < names.length && { NextToken: Buffer.from(last).toString('base64url') }),
  };
}

function invalid(field: string, value: unknown, write: string): ServiceError {
  return new ServiceError('InvalidParameterException', `${field} ${JSON.stringify(value)}: write ${write}`);
}
