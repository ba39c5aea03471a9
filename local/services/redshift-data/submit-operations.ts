import { hash, randomUUID } from 'node:crypto';
import type { JsonCall, JsonOperations } from '../../http/aws-json-server.ts';
import { parameterNames } from '../redshift/service.ts';
import type { DataSession } from './data-sessions.ts';
import { TEXTS, exceeded, invalid } from './refusals.ts';
import {
  oneOf,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalText,
  requiredText,
  sqlParameters,
  waitTime,
  wrongType,
} from './request.ts';
import type { Input } from './request.ts';
import type { ServiceState } from './service-state.ts';
import { ownerOf, targetOf } from './service-state.ts';
import { Part, Progress, databaseUserOf } from './statement.ts';
import type { DataApiEffect, Statement } from './statement.ts';
import type { TokenUse } from './statement-store.ts';

type Call = JsonCall<DataApiEffect>;

/** "100 KB", in the stricter reading. @unit bytes @source Redshift Management Guide, "Considerations when calling …" */
const MAX_SQL_BYTES = 100_000;
/** @source Redshift Data API Reference, BatchExecuteStatement */
const MAX_BATCH = 40;
const MAX_KEEP_ALIVE_SECONDS = 86_400;

/** The operations that run SQL. */
export function submitOperations(state: ServiceState): JsonOperations<DataApiEffect> {
  return {
    ExecuteStatement: (input, call) => submitStatement(state, input, call, { sqls: [requiredText(input, 'Sql')] }),

    BatchExecuteStatement: (input, call) => {
      const mode = oneOf(input, 'ExecutionMode', ['TRANSACTION', 'AUTO_COMMIT']) ?? 'TRANSACTION';
      return submitStatement(state, input, call, { sqls: sqlsOf(input), batchMode: mode });
    },
  };
}

async function submitStatement(
  state: ServiceState,
  input: Input,
  call: Call,
  { sqls, batchMode }: { readonly sqls: readonly string[]; readonly batchMode?: Statement['batchMode'] },
) {
  const seconds = waitTime(input);
  const statement = acceptStatement(state, input, call, { sqls, batchMode });
  await state.waiting.waitForEnd(statement, statement.progress, seconds);
  const { id, target, progress, parts, sessionId, pid } = statement;
  const user = databaseUserOf(target);
  return {
    Id: id,
    CreatedAt: progress.createdAt / 1000,
    Database: target.database,
    ...(user !== undefined && { DbUser: user }),
    ...(target.secretArn !== undefined && { SecretArn: target.secretArn }),
    ...(sessionId !== undefined && { SessionId: sessionId }),
    WorkgroupName: target.workgroupName,
    ...(seconds !== undefined && {
      Status: progress.status,
      RedshiftPid: pid,
      HasResultSet: parts.some(({ hasResultSet }) => hasResultSet),
    }),
  };
}

/** Everything that can be refused is refused here; then the statement exists and runs. */
function acceptStatement(
  state: ServiceState,
  input: Input,
  call: Call,
  { sqls, batchMode }: { readonly sqls: readonly string[]; readonly batchMode: Statement['batchMode'] },
): Statement {
  const { store, runs, sessions, quotas, clock } = state;
  const name = optionalText(input, 'StatementName', { max: 2048 });
  const clientToken = optionalText(input, 'ClientToken', { min: 1, max: 64 });
  const format = oneOf(input, 'ResultFormat', ['JSON', 'CSV']) ?? 'JSON';
  const keepAlive = optionalInteger(input, 'SessionKeepAliveSeconds', 0, MAX_KEEP_ALIVE_SECONDS);
  const parameters = sqlParameters(input);
  optionalFlag(input, 'WithEvent'); // there is no event bus to send the event to
  checkSqls(sqls, parameters);
  const owner = ownerOf(call);
  const used = optionalId(input, 'SessionId');
  let session = used === undefined ? undefined : usedSession(sessions.find(used, owner), input);
  const target = session?.target ?? targetOf(state, input, call);

  const token = clientToken === undefined ? undefined : tokenUse(owner, clientToken, input, batchMode);
  const again = token === undefined ? undefined : store.findByToken(token);
  if (again !== undefined) return again;

  const quota = quotas.activeStatements ?? Infinity;
  if (runs.active >= quota) throw exceeded('ActiveStatements', TEXTS.tooManyStatements(quota));
  const id = randomUUID();
  if (session !== undefined) sessions.take(session, id, keepAlive);
  else if (keepAlive !== undefined) session = sessions.create(target, keepAlive, id);

  const now = () => clock.now();
  const createdAt = now();
  const parts = sqls.map(
    (sql, index) => new Part(batchMode === undefined ? id : `${id}:${String(index + 1)}`, sql, createdAt, now),
  );
  const [only] = parts;
  const statement: Statement = {
    id,
    target,
    name,
    batchMode,
    parts,
    progress: batchMode === undefined && only !== undefined ? only : new Progress(createdAt, now),
    parameters,
    format,
    sessionId: session?.id,
    fault: call.fault,
    cancellation: new AbortController(),
    pid: 0,
    waiting: 0,
  };
  store.add(statement, token);
  runs.start(statement, session);
  return statement;
}

function sqlsOf(input: Input): readonly string[] {
  const sqls = input['Sqls'] ?? undefined;
  if (sqls === undefined) throw invalid('sqls must not be null');
  if (!Array.isArray(sqls) || !sqls.every((sql) => typeof sql === 'string')) throw wrongType('Sqls', 'a list of strings', sqls);
  if (sqls.length === 0) throw invalid('sqls must have length greater than or equal to 1');
  if (sqls.length > MAX_BATCH) throw invalid(`sqls must have length less than or equal to ${String(MAX_BATCH)}`);
  return sqls;
}

function checkSqls(sqls: readonly string[], parameters: Readonly<Record<string, string>>): void {
  if (sqls.some((sql) => Buffer.byteLength(sql) > MAX_SQL_BYTES)) throw invalid('Cannot process query string larger than 100kB');
  const names = Object.keys(parameters);
  if (names.length === 0) return;
  const found = new Set(sqls.flatMap((sql) => parameterNames(sql)));
  const unused = names.filter((name) => !found.has(name));
  if (unused.length > 0) throw invalid(TEXTS.unusedParameters(unused));
}

/** A session has its database and user already. */
function usedSession(session: DataSession, input: Input): DataSession {
  const stranger = ['ClusterIdentifier', 'WorkgroupName', 'Database', 'DbUser', 'SecretArn'].find(
    (member) => input[member] != null,
  );
  if (stranger !== undefined) throw invalid(`${stranger} can't be specified together with SessionId.`);
  return session;
}

/** Waiting is no part of what is asked for. */
function tokenUse(owner: string, token: string, input: Input, batchMode: Statement['batchMode']): TokenUse {
  const members = Object.entries(input).filter(([member]) => member !== 'ClientToken' && member !== 'WaitTimeSeconds');
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: `${owner} ${token}`, fingerprint: hash('sha256', JSON.stringify([batchMode === undefined, members])) };
}
