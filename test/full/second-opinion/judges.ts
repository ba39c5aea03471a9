import { isDeepStrictEqual } from 'node:util';
import type { KnownDifference } from './known-differences.ts';

/** One call of an API, as data: the same goes to every server. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What became of a call, without what is each server's own. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** A server, and how to call it. */
export interface Server {
  readonly name: string;
  run(call: Call): Promise<Outcome>;
}

/** Two outcomes of one call that are not the same. */
export interface Difference {
  readonly judge: string;
  readonly call: Call;
  readonly here: Outcome;
  readonly there: Outcome;
}

/** A kind of difference that has been judged. */
export interface Judgement extends KnownDifference {
  /** Whether both servers hold the same all the same, so that the judge may be asked on. */
  readonly isHarmless?: true;
  is(this: void, difference: Difference): boolean;
}

export const wasAnswered = ({ answer }: Outcome) => answer !== undefined;
export const failedWith = ({ error }: Outcome, name: string) => error?.name === name;

/** A refusal by both, by the same name and in other words. */
export const differsInWords = ({ here, there }: Difference) => here.error !== undefined && here.error.name === there.error?.name;

/** One run of calls against the local stand-in and its judges. */
export class Trial {
  readonly differences: Difference[] = [];
  private calls = 0;

  constructor(private readonly judgements: readonly Judgement[]) {}

  /** How often a judge was asked. */
  get comparisons(): number {
    return this.calls;
  }

  /**
   * Make calls in order. A judge whose state has become another one is asked no more in this sequence: whatever it says then follows
   * from that.
   */
  async run(calls: readonly Call[], local: Server, judges: readonly Server[]): Promise<void> {
    const asked = new Set(judges);
    for (const call of calls) {
      const here = await local.run(call);
      for (const judge of asked) {
        const there = await judge.run(call);
        this.calls++;
        if (isDeepStrictEqual(here, there)) continue;
        const difference = { judge: judge.name, call, here, there };
        this.differences.push(difference);
        if (!this.isHarmless(difference)) asked.delete(judge);
      }
    }
  }

  private isHarmless(difference: Difference): boolean {
    const refusedByBoth = difference.here.error !== undefined && difference.there.error !== undefined;
    return refusedByBoth || this.judgements.some(({ isHarmless = false, is }) => isHarmless && is(difference));
  }

  /** A difference that nobody has judged, and one that did not come up, are both news. */
  news() {
    const { judgements } = this;
    const unknown = this.differences.filter((difference) => !judgements.some(({ is }) => is(difference)));
    return {
      unknown: unknown.map(({ judge, call, here, there }) => JSON.stringify({ judge, ...call, here, there })),
      gone: judgements.filter(({ is }) => !this.differences.some((difference) => is(difference))).map(({ name }) => name),
    };
  }
}
