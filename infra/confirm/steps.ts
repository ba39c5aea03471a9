import type { StepName } from './claim.ts';

/** What a step is, for who is about to pay for it. */
export interface Step {
  readonly name: StepName;
  readonly does: string;
  /** Whether it makes anything in the account. */
  readonly makes: boolean;
  /** At the most, list prices of us-east-1. @unit dollars */
  readonly dollars: number;
  /** About. @unit minutes */
  readonly minutes: number;
}

/** In the order of their cost. */
export const steps: readonly Step[] = [
  {
    name: 'offline',
    does: 'asks AWS about code, policies, filters and limits; makes nothing',
    makes: false,
    dollars: 0,
    minutes: 3,
  },
  {
    name: 'api',
    does: 'makes AppSync APIs with nothing but a queue behind them, asks them, and removes them',
    makes: true,
    dollars: 0.01,
    minutes: 5,
  },
  {
    name: 'warehouse',
    does: 'makes a Redshift Serverless workgroup of 4 RPU, brings up the database, loads and asks it as each role, uses its limit of the day up, and removes it',
    makes: true,
    // Four RPU for an hour, and four secrets for a day.
    dollars: 2,
    minutes: 60,
  },
  {
    name: 'stage',
    does: 'deploys a stack of its own as stage lean, then dev, sends lines and a file through it, and takes it down; twice',
    makes: true,
    // The daily limit of stage dev, twice, because a limit goes with its workgroup; alarms, Glue and addresses for two hours.
    dollars: 7,
    minutes: 120,
  },
];

export const priceOf = ({ dollars, minutes }: Step): string =>
  `${dollars === 0 ? 'free' : `at most ${dollars.toFixed(2)} dollars`}, about ${String(minutes)} minutes`;
