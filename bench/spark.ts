import { join } from 'node:path';
import { ProgramMissingError, prepareSpark, SparkEnvironmentError } from '@tillgraph/local-aws';

const REQUIREMENTS = join(import.meta.dirname, '..', 'ingest', 'glue', 'requirements.txt');

/**
 * Why Spark cannot be had on this machine; `undefined` when it can.
 *
 * @remarks Makes its environment if it is not there, which takes minutes once and is no part of what an import takes.
 * @param print - gets what is made ready
 */
export async function sparkIsMissing(print: (line: string) => void): Promise<string | undefined> {
  try {
    await prepareSpark({ requirements: REQUIREMENTS, log: print });
    return undefined;
  } catch (error) {
    if (error instanceof ProgramMissingError || error instanceof SparkEnvironmentError) return error.message;
    throw error;
  }
}
