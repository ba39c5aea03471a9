import { join } from 'node:path';
import { prepareSpark } from '../services/glue/spark-environment.ts';

const requirements = join(import.meta.dirname, '..', '..', 'ingest', 'glue', 'requirements.txt');

/** Why Spark cannot be had on this machine; `undefined` when it can. Makes its environment, which takes minutes the first time. */
export async function sparkIsMissing(): Promise<string | undefined> {
  try {
    await prepareSpark({
      requirements,
      log: (line) => {
        console.log(line);
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.message;
    throw error;
  }
}
