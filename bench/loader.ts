import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { dynamoDbLoadState } from '../ingest/handlers/dynamodb-answer-store.ts';
import { refreshDueAt } from '../ingest/warehouse/load-state.ts';
import type { FreshStack } from './fresh-stack.ts';

/** What a run of the loader says of itself, as far as it matters here. */
interface LoaderRun {
  /** The lists that it loaded. */
  readonly imports?: readonly string[];
  /** By step, and the whole. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** @unit milliseconds */
const LOOK_AGAIN = 50;
/** How long after its work the loader may take to write it down. @unit milliseconds */
const PATIENCE = 30_000;

/** The loader has not written down that it loaded an import. */
export class UnloggedImportError extends Error {
  override readonly name = 'UnloggedImportError';
  readonly code = 'UNLOGGED_IMPORT';

  constructor(
    readonly manifest: string,
    readonly log: string,
  ) {
    super(`the loader does not say in ${log} that it has loaded ${manifest}`);
  }
}

/** What the steps of the run took that loaded an import. @unit seconds @throws UnloggedImportError */
export async function stepsOfImport(
  { dataDirectory, outputs }: FreshStack,
  manifest: string,
): Promise<Readonly<Record<string, number>>> {
  const log = join(dataDirectory, 'logs', `${outputs.stack['WarehouseLoaderName'] ?? ''}.log`);
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    const run = runsIn(readFileSync(log, 'utf8')).find(({ imports = [] }) => imports.includes(manifest));
    if (run !== undefined) return run.seconds;
    await pause(LOOK_AGAIN);
  }
  throw new UnloggedImportError(manifest, log);
}

/** Lines of a function's log in JSON: what it logged is under `message`. */
function runsIn(log: string): LoaderRun[] {
  return log.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.includes('"run":"warehouse-loader"')) return [];
    return [(JSON.parse(line) as { message: LoaderRun }).message];
  });
}

/** What the loader of a stack knows. */
async function loadStates<Result>(
  { region, credentials, endpoints, stack }: LocalOutputs,
  use: (states: ReturnType<typeof dynamoDbLoadState>) => Promise<Result>,
): Promise<Result> {
  const tables = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
  try {
    return await use(dynamoDbLoadState(tables, stack['AnswersTableName'] ?? ''));
  } finally {
    tables.destroy();
  }
}

/** Wait until rollups and kept answers show what has been copied. */
export const untilShown = (outputs: LocalOutputs) =>
  loadStates(outputs, async (states) => {
    for (;;) {
      const { isCopying = true, refreshOwed = true } = await states.read();
      if (!isCopying && !refreshOwed) return;
      await pause(LOOK_AGAIN);
    }
  });

/** Wait as long as the loader would: how long it lets pass between two refreshes is no part of an import. */
export const untilRefreshMayRun = (outputs: LocalOutputs) =>
  loadStates(outputs, async (states) => {
    await pause(Math.max(0, refreshDueAt(await states.read()) - Date.now()));
  });
