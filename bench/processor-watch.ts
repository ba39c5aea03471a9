import { processesUnder } from './machine.ts';

/** Who of a stack used the processors. @unit processor seconds */
export interface StackWork {
  /** The process with all stand-ins but the database, and the functions. */
  readonly stack: number;
  /** PostgreSQL. */
  readonly database: number;
  /** Python and Java of the runs of the job. */
  readonly spark: number;
}

/** A process that ends between two looks has used so much unseen at the most, on each processor. @unit milliseconds */
const LOOK_AGAIN = 250;

const isDatabase = (program: string) => program.startsWith('postgres');

/**
 * Looks again and again what a stack and all that it starts has used, from now on.
 *
 * @remarks The system adds up what ended processes had used only for parents that waited for them, and nobody waits for the Java of a Spark
 * that ends.
 */
export class ProcessorWatch {
  /** By process number. */
  private readonly before: ReadonlyMap<number, number>;
  private readonly seen = new Map<number, { readonly program: string; readonly seconds: number }>();
  private readonly timer: NodeJS.Timeout;

  /** @param pid - of the stack */
  constructor(private readonly pid: number) {
    this.before = new Map([...processesUnder(pid)].map(([process, { seconds }]) => [process, seconds]));
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_AGAIN);
  }

  /** @returns undefined where the system does not tell */
  stop(): StackWork | undefined {
    clearInterval(this.timer);
    this.look();
    if (this.seen.size === 0) return undefined;
    const work = { stack: 0, database: 0, spark: 0 };
    for (const [process, { program, seconds }] of this.seen) {
      const who = process === this.pid ? 'stack' : isDatabase(program) ? 'database' : 'spark';
      work[who] += seconds - (this.before.get(process) ?? 0);
    }
    return work;
  }

  private look(): void {
    for (const [process, usage] of processesUnder(this.pid)) this.seen.set(process, usage);
  }
}
