import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { Faults } from '../../faults.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { JsonOperation, JsonServerOptions } from '../../http/aws-json-server.ts';
import type { Measure } from '../../measure.ts';
import { measureNothing } from '../../measure.ts';
import type { RedshiftService } from '../redshift/service.ts';
import { catalogueOperations } from './catalogue-operations.ts';
import { DataSessions } from './data-sessions.ts';
import { CallRate } from './quotas.ts';
import type { Quotas } from './quotas.ts';
import { throttled } from './refusals.ts';
import { RESULT_LIMITS } from './result.ts';
import type { ResultLimits } from './result.ts';
import type { ServiceState } from './service-state.ts';
import type { DataApiEffect } from './statement.ts';
import { statementOperations } from './statement-operations.ts';
import { StatementRuns } from './statement-run.ts';
import type { DatabaseSecret } from './statement-run.ts';
import { STORE_LIMITS, StatementStore } from './statement-store.ts';
import type { StoreLimits } from './statement-store.ts';
import { submitOperations } from './submit-operations.ts';
import { Waiting } from './waiting.ts';
import { WORKGROUP, WORKGROUP_EFFECTS, workgroupRefusal } from './workgroup-faults.ts';

export interface RedshiftDataOptions extends JsonServerOptions {
  readonly accountId: string;
  /** The workgroups there are, each with the database its namespace is made with. */
  readonly workgroups: readonly { readonly name: string; readonly databaseName: string }[];
  readonly redshift: RedshiftService;
  /** What is in the secret that a request names as SecretArn. @throws when there is none */
  secretOf(this: void, arn: string): DatabaseSecret | Promise<DatabaseSecret>;
  /** Told what Redshift tells CloudWatch. */
  readonly measure?: Measure;
  /** Default: none. */
  readonly quotas?: Quotas;
  /** How much is remembered. Default: 10,000 statements, 128 MiB of results. */
  readonly storeLimits?: StoreLimits;
  /** How large a row and a result may be. Default: as on AWS. */
  readonly resultLimits?: ResultLimits;
  /** Default: the real time. */
  readonly clock?: Clock;
}

/** Forty statements of 100 KB, escaped. @unit bytes */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * The Redshift Data API.
 *
 * @remarks The database user is that of the secret, `IAMR:` and the role's name for a role's session, and the administrator for the
 * owner of the key pair. Statements and results are in memory, for at most 24 hours. Only workgroups are known, no clusters; WithEvent
 * is accepted, and no event is sent.
 */
export async function startRedshiftData(options: RedshiftDataOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { redshift, workgroups, quotas = {}, clock = systemClock, log, secretOf, measure = measureNothing } = options;
  await Promise.all(workgroups.map(({ databaseName }) => redshift.ensureDatabase(databaseName)));
  const now = () => clock.now();
  const store = new StatementStore(options.storeLimits ?? STORE_LIMITS, now);
  const sessions = new DataSessions(clock, quotas.sessions ?? Infinity);
  const failed = (QueryType: string): void => {
    for (const { name: Workgroup } of workgroups)
      measure({ namespace: 'AWS/Redshift-Serverless', name: 'QueriesFailed', dimensions: { QueryType, Workgroup }, value: 1 });
  };
  const resultLimits = options.resultLimits ?? RESULT_LIMITS;
  const runs = new StatementRuns({ redshift, store, sessions, resultLimits, clock, secretOf, log, failed });
  const state: ServiceState = {
    store,
    runs,
    sessions,
    waiting: new Waiting(clock, quotas.waitersPerStatement ?? Infinity),
    quotas,
    workgroups: workgroups.map(({ name }) => name),
    clock,
  };
  const operations = { ...submitOperations(state), ...statementOperations(state), ...catalogueOperations(state) };
  const faults = new Faults<DataApiEffect>('redshift-data', effectsOf(Object.keys(operations)), {
    asleep: 'milliseconds',
    fail: 'statement',
    'crash-between': 'statement',
  });
  redshift.setRefusal(() => workgroupRefusal(faults));
  const rate = new CallRate(quotas.callsPerSecond ?? {}, now);
  const server = await startJsonServer<DataApiEffect>(
    {
      signingName: 'redshift-data',
      targetPrefix: 'RedshiftData',
      jsonVersion: '1.1',
      operations: Object.fromEntries(
        Object.entries(operations).map(([name, operation]) => [name, throttling(name, operation, rate)]),
      ),
      faults,
      maxBodyBytes: MAX_BODY_BYTES,
    },
    options,
  );
  return {
    url: server.url,
    close: async () => {
      state.waiting.stop();
      await Promise.all([server.close(), runs.close()]);
      await sessions.closeAll();
    },
  };
}

function throttling(name: string, operation: JsonOperation<DataApiEffect>, rate: CallRate): JsonOperation<DataApiEffect> {
  return (input, call) => {
    if (call.fault?.effect === 'throttle') throw throttled();
    rate.check(name);
    return operation(input, call);
  };
}

/** Every operation can be throttled and unavailable; only what runs SQL can fail, sleep or break, and only the workgroup takes nothing. */
function effectsOf(operations: readonly string[]): Record<string, readonly DataApiEffect[]> {
  const more: Readonly<Record<string, readonly DataApiEffect[]>> = {
    ExecuteStatement: ['asleep', 'fail'],
    BatchExecuteStatement: ['asleep', 'fail', 'crash-between'],
  };
  return {
    ...Object.fromEntries(
      operations.map((name) => [name, ['throttle', 'unavailable', 'unavailable-after', ...(more[name] ?? [])] as const]),
    ),
    [WORKGROUP]: WORKGROUP_EFFECTS,
  };
}
