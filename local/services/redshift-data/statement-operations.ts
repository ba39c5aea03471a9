import type { JsonCall, JsonOperations } from '../../http/aws-json-server.ts';
import { JsonBytes } from '../../http/aws-json-server.ts';
import type { DataSession } from './data-sessions.ts';
import { readToken, pageOf, writeToken } from './page-token.ts';
import { TEXTS, invalid, notFound } from './refusals.ts';
import { oneOf, optionalFlag, optionalId, optionalInteger, optionalText, requiredId, waitTime } from './request.ts';
import type { Input } from './request.ts';
import { resultAnswer } from './result.ts';
import type { ResultFormat } from './result.ts';
import { maySee, ownerOf } from './service-state.ts';
import type { ServiceState } from './service-state.ts';
import { databaseUserOf } from './statement.ts';
import type { DataApiEffect, Part, Statement } from './statement.ts';
import { RESULT_RETENTION_MS } from './statement-store.ts';

type Call = JsonCall<DataApiEffect>;

const STATUSES = ['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED', 'ALL'] as const;
/** @source service model 2019-12-20, shape ListStatementsLimit */
const MAX_LISTED = 100;

/** The operations about statements and sessions that are there already. */
export function statementOperations(state: ServiceState): JsonOperations<DataApiEffect> {
  const { runs, sessions, waiting } = state;
  return {
    DescribeStatement: async (input, call) => {
      const seconds = waitTime(input);
      const { statement, part } = find(state, requiredId(input), call);
      await waiting.waitForEnd(statement, part ?? statement.progress, seconds);
      return part === undefined || part === statement.progress ? describe(statement) : describePart(statement, part);
    },

    GetStatementResult: (input, call) => getResult(state, input, call, 'JSON'),
    GetStatementResultV2: (input, call) => getResult(state, input, call, 'CSV'),

    CancelStatement: async (input, call) => {
      const id = requiredId(input);
      const { statement, part } = find(state, id, call);
      const { progress } = statement;
      if (part !== undefined && part !== progress) throw invalid(`${id} is a sub-statement: cancel the batch ${statement.id}`);
      if (!progress.isOver) await runs.cancel(statement);
      else throw invalid(TEXTS.alreadyEnded(progress.status, id));
      if (progress.status !== 'ABORTED') throw invalid(TEXTS.alreadyEnded(progress.status, id));
      return { Status: true };
    },

    ListStatements: (input, call) => listStatements(state, input, call),

    ListSessions: (input, call) => {
      const id = optionalId(input, 'SessionId');
      const status = oneOf(input, 'Status', ['AVAILABLE', 'BUSY', 'CLOSED']);
      const where = placeOf(input);
      const size = pageSize(input);
      const token = optionalText(input, 'NextToken');
      if (id !== undefined && (status !== undefined || Object.keys(where).length > 0))
        throw invalid("Status, ClusterIdentifier, WorkgroupName and Database can't be specified together with SessionId.");
      const own = sessions.list().filter(({ target }) => target.owner === ownerOf(call) && matches(target, where));
      const found = own.filter((one) => (id === undefined ? hasStatus(one, status) : one.id === id));
      if (id !== undefined && found.length === 0) throw notFound('Session does not exist.', id);
      const { page, next } = pageOf(found, startOf(token), size);
      return { Sessions: page.map(describeSession), ...(next !== undefined && { NextToken: next }) };
    },
  };
}

/** @throws ServiceError when there is none, or it belongs to another caller */
function find({ store }: ServiceState, id: string, call: Call) {
  const found = store.find(id);
  if (found === undefined || !maySee(call, found.statement.target.owner)) throw notFound(TEXTS.noSuchQuery, id);
  return found;
}

async function getResult(state: ServiceState, input: Input, call: Call, format: ResultFormat): Promise<JsonBytes> {
  const seconds = waitTime(input);
  const id = requiredId(input);
  const token = optionalText(input, 'NextToken');
  const { statement, part } = find(state, id, call);
  if (part === undefined) throw invalid(TEXTS.resultOfBatch);
  await state.waiting.waitForEnd(statement, part, seconds);
  if (part.status !== 'FINISHED' || !part.hasResultSet) throw notFound(TEXTS.noResult, id);
  const expiresAt = part.updatedAt + RESULT_RETENTION_MS;
  const now = state.clock.now();
  if (part.result === undefined || expiresAt <= now) throw invalid(TEXTS.expiredResult(Math.min(expiresAt, now)));
  const { result } = part;
  if (result.format !== format)
    throw invalid(
      `The result is in the format ${result.format}: call ${result.format === 'CSV' ? 'GetStatementResultV2' : 'GetStatementResult'}.`,
    );
  const isPage = (position: string) => position.startsWith(`${id} `) && Number(position.slice(id.length)) < result.pages.length;
  const page = token === undefined ? 0 : Number(readToken(token, isPage).slice(id.length));
  const next = page + 1 < result.pages.length ? writeToken(`${id} ${String(page + 1)}`) : undefined;
  return new JsonBytes(resultAnswer(result, page, next));
}

const sum = (parts: readonly Part[], value: (part: Part) => number) => parts.reduce((all, part) => all + value(part), 0);

/** The answer of DescribeStatement: all members of a single statement, or the sums of a batch with its sub-statements. */
function describe(statement: Statement) {
  const { id, parts, progress, batchMode } = statement;
  const isFinished = progress.status === 'FINISHED';
  const ran = parts.filter(({ duration }) => duration >= 0);
  return {
    ...surroundingsOf(statement),
    ...timesOf(progress),
    Id: id,
    Duration: ran.length === 0 ? -1 : sum(ran, ({ duration }) => duration),
    HasResultSet: parts.some(({ hasResultSet }) => hasResultSet),
    RedshiftQueryId: batchMode === undefined && progress.isOver ? -1 : 0,
    ResultRows: isFinished ? sum(parts, ({ rowCount }) => rowCount) : -1,
    ResultSize: isFinished ? sum(parts, ({ resultSize }) => resultSize) : -1,
    ...(batchMode === undefined
      ? { QueryString: parts[0]?.sql ?? '' }
      : { ExecutionMode: batchMode, SubStatements: parts.map((part) => ({ Id: part.id, ...describeSub(part) })) }),
  };
}

/** The answer of DescribeStatement for a sub-statement. */
function describePart(statement: Statement, part: Part) {
  return { ...surroundingsOf(statement), Id: part.id, ...describeSub(part) };
}

function describeSub(part: Part) {
  return {
    ...timesOf(part),
    Duration: part.duration,
    HasResultSet: part.hasResultSet,
    QueryString: part.sql,
    RedshiftQueryId: part.isOver ? -1 : 0,
    ResultRows: part.rowCount,
    ResultSize: part.resultSize,
  };
}

function surroundingsOf(statement: Statement) {
  const { target, pid, format, sessionId, parameters } = statement;
  const user = databaseUserOf(target);
  const names = Object.entries(parameters);
  return {
    Database: target.database,
    ...(user !== undefined && { DbUser: user }),
    ...(target.secretArn !== undefined && { SecretArn: target.secretArn }),
    ...(sessionId !== undefined && { SessionId: sessionId }),
    WorkgroupName: target.workgroupName,
    RedshiftPid: pid,
    ResultFormat: format,
    ...(names.length > 0 && { QueryParameters: names.map(([name, value]) => ({ name, value })) }),
  };
}

function timesOf({ status, createdAt, updatedAt, error }: Statement['progress']) {
  return {
    Status: status,
    CreatedAt: createdAt / 1000,
    UpdatedAt: updatedAt / 1000,
    ...(error !== undefined && { Error: error }),
  };
}

function listStatements({ store }: ServiceState, input: Input, call: Call) {
  const size = pageSize(input);
  const prefix = optionalText(input, 'StatementName', { max: 2048 }) ?? '';
  const status = oneOf(input, 'Status', STATUSES) ?? 'FINISHED';
  optionalFlag(input, 'RoleLevel'); // a role has one session here
  const where = placeOf(input);
  const token = optionalText(input, 'NextToken');
  const before = token === undefined ? Infinity : Number(readToken(token, (position) => /^\d+$/.test(position)));
  const page: { readonly statement: Statement; readonly sequence: number }[] = [];
  for (const entry of store.list(before)) {
    const { target, name = '', progress } = entry.statement;
    if (target.owner !== ownerOf(call) || !name.startsWith(prefix) || !matches(target, where)) continue;
    if (status !== 'ALL' && progress.status !== status) continue;
    if (page.length === size)
      return { Statements: page.map(({ statement }) => summary(statement)), NextToken: writeToken(page.at(-1)?.sequence ?? 0) };
    page.push(entry);
  }
  return { Statements: page.map(({ statement }) => summary(statement)) };
}

function summary({ id, parts, batchMode, progress, target, name, format, sessionId, parameters }: Statement) {
  const { Status, CreatedAt, UpdatedAt } = timesOf(progress);
  const names = Object.entries(parameters);
  return {
    Id: id,
    Status,
    CreatedAt,
    UpdatedAt,
    IsBatchStatement: batchMode !== undefined,
    ...(batchMode === undefined ? { QueryString: parts[0]?.sql ?? '' } : { QueryStrings: parts.map(({ sql }) => sql) }),
    ...(names.length > 0 && { QueryParameters: names.map(([parameter, value]) => ({ name: parameter, value })) }),
    ResultFormat: format,
    ...(target.secretArn !== undefined && { SecretArn: target.secretArn }),
    ...(sessionId !== undefined && { SessionId: sessionId }),
    ...(name !== undefined && { StatementName: name }),
  };
}

function describeSession({ id, target, status, createdAt, updatedAt, keepAlive, expiresAt, current }: DataSession) {
  const user = databaseUserOf(target);
  return {
    SessionId: id,
    Status: status,
    CreatedAt: createdAt / 1000,
    UpdatedAt: updatedAt / 1000,
    Database: target.database,
    ...(user !== undefined && { DbUser: user }),
    WorkgroupName: target.workgroupName,
    SessionAliveSeconds: keepAlive,
    ...(expiresAt !== undefined && { SessionTtl: expiresAt / 1000 }),
    ...(current !== undefined && { CurrentStatementId: current }),
  };
}

const hasStatus = (session: DataSession, status: DataSession['status'] | undefined) =>
  status === undefined ? session.status !== 'CLOSED' : session.status === status;

interface Place {
  readonly workgroupName?: string;
  readonly database?: string;
  readonly cluster?: string;
}

function placeOf(input: Input): Place {
  const workgroupName = optionalText(input, 'WorkgroupName');
  const database = optionalText(input, 'Database');
  const cluster = optionalText(input, 'ClusterIdentifier');
  if (workgroupName !== undefined && cluster !== undefined)
    throw invalid("ClusterIdentifier and WorkgroupName can't be specified together.");
  return {
    ...(workgroupName !== undefined && { workgroupName }),
    ...(database !== undefined && { database }),
    ...(cluster !== undefined && { cluster }),
  };
}

/** Nothing here runs on a cluster. */
const matches = (target: Statement['target'], { workgroupName, database, cluster }: Place) =>
  cluster === undefined &&
  (workgroupName === undefined || workgroupName === target.workgroupName) &&
  (database === undefined || database === target.database);

/** 0 is the default, as AWS's model allows it. */
function pageSize(input: Input): number {
  const size = optionalInteger(input, 'MaxResults', 0, MAX_LISTED) ?? 0;
  return size === 0 ? MAX_LISTED : size;
}

function startOf(token: string | undefined): number {
  return token === undefined ? 0 : Number(readToken(token, (position) => /^\d+$/.test(position)));
}
