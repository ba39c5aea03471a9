import { join } from 'node:path';
import { readState, writeState } from '../../state-files.ts';
import type { Verdict } from './data-quality-rules.ts';

/** A table as Glue's calls name it. */
export interface TableName {
  readonly databaseName: string;
  readonly tableName: string;
}

/** An evaluation of rulesets. Times are ms since 1970. */
export interface QualityRun {
  /** `dqrun-` and 40 hex digits. */
  readonly id: string;
  readonly status: 'RUNNING' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  readonly table: TableName;
  readonly role: string;
  readonly rulesets: readonly string[];
  readonly startedAt: number;
  readonly modifiedAt: number;
  readonly completedAt?: number;
  readonly error?: string;
  /** One for each ruleset, once it has succeeded. */
  readonly resultIds: readonly string[];
}

/** What became of a ruleset. */
export interface QualityResult {
  /** `dqresult-` and 40 hex digits. */
  readonly id: string;
  readonly runId: string;
  readonly ruleset: string;
  readonly table: TableName;
  readonly startedAt: number;
  readonly completedAt: number;
  /** In the order in which they are written. */
  readonly rules: readonly ({ readonly text: string } & Verdict)[];
}

interface Content {
  /** The newest at the end. */
  readonly runs: readonly QualityRun[];
  readonly results: readonly QualityResult[];
}

const FILE = 'data-quality.json';
/** Older ones are forgotten. */
const KEPT = 100;

/** Runs and results, in one file that is replaced in one step. */
export class QualityStore {
  private content: Content;

  /** @param directory - where the file is; it exists */
  constructor(private readonly directory: string) {
    const { runs, results } = (readState(join(directory, FILE)) ?? { runs: [], results: [] }) as Content;
    // Nothing goes on when the process that did it is gone.
    this.content = {
      runs: runs.map((run) => (isOver(run) ? run : { ...run, status: 'FAILED', error: 'the stack has ended' })),
      results,
    };
  }

  /** The newest first. */
  runs(): readonly QualityRun[] {
    return [...this.content.runs].reverse();
  }

  run(id: string): QualityRun | undefined {
    return this.content.runs.find((run) => run.id === id);
  }

  result(id: string): QualityResult | undefined {
    return this.content.results.find((result) => result.id === id);
  }

  /** Put a run, with results that it came to. */
  put(run: QualityRun, made: readonly QualityResult[] = []): void {
    const others = this.content.runs.filter(({ id }) => id !== run.id);
    const runs = [...others, run].sort((one, other) => one.startedAt - other.startedAt).slice(-KEPT);
    const kept = new Set(runs.map(({ id }) => id));
    const content = { runs, results: [...this.content.results, ...made].filter(({ runId }) => kept.has(runId)) };
    writeState(join(this.directory, FILE), content);
    this.content = content;
  }
}

const isOver = ({ status }: Pick<QualityRun, 'status'>): boolean => status !== 'RUNNING' && status !== 'STOPPING';
