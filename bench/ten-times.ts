import { replayRate, type ReplayRate } from './replay-rate.ts';
import { generatedRows, REAL_ROWS } from './rows.ts';

/** What a row costs when there are ten times as many of them. */
export interface TenTimes {
  readonly once: ReplayRate;
  readonly tenTimes: ReplayRate;
  /** 1: a row costs the same. */
  readonly costPerRow: number;
}

/** Made-up rows both times, because nobody has ten times the real ones. */
export async function tenTimes(directory: string, rows = REAL_ROWS): Promise<TenTimes> {
  const once = await replayRate(directory, await generatedRows(directory, rows), undefined);
  const ten = await replayRate(directory, await generatedRows(directory, 10 * rows), undefined);
  return { once, tenTimes: ten, costPerRow: once.rowsPerSecond / ten.rowsPerSecond };
}
