import type { ApiPlace } from './api/place.ts';
import type { OfflinePlace } from './offline/place.ts';
import type { StagePlace } from './stage/place.ts';
import type { WarehousePlace } from './warehouse/place.ts';

/** What is looked at, in the order of its cost. */
export const STEP_NAMES = ['offline', 'api', 'warehouse', 'stage'] as const;

export type StepName = (typeof STEP_NAMES)[number];

/** What the checks of a step work with. */
export interface Places {
  readonly offline: OfflinePlace;
  readonly api: ApiPlace;
  readonly warehouse: WarehousePlace;
  readonly stage: StagePlace;
}

/** What AWS did. */
export interface Seen {
  readonly holds: boolean;
  /** In one or two plain sentences; never an account number. */
  readonly seen: string;
}

/** It is as the claim says. */
export const holds = (seen: string): Seen => ({ holds: true, seen });
/** It is not. */
export const differs = (seen: string): Seen => ({ holds: false, seen });

/** The headings of `docs/confirmed.md`, in their order. */
export const AREAS = [
  'The account',
  'The stack',
  'Rights',
  'AppSync',
  'AppSync as it is here',
  'Functions and alarms',
  'Stream and stores',
  'Delivery',
  'Warehouse',
  'Imports',
  'Crawlers and data quality',
  'This kit',
] as const;

interface Stated {
  /** Its name wherever it is spoken of: lower case, digits and hyphens. */
  readonly id: string;
  readonly area: (typeof AREAS)[number];
  /** What the project relies on, as a sentence that AWS could contradict. */
  readonly claim: string;
}

/** A claim that a step settles. */
export type CheckedClaim = {
  readonly [Step in StepName]: Stated & {
    readonly step: Step;
    /** How it is checked, for who reads and does not run it. */
    readonly how: string;
    check(this: void, place: Places[Step]): Promise<Seen>;
  };
}[StepName];

/** A claim that no program settles. */
export interface SeenClaim extends Stated {
  /** How a person sees whether it is so. */
  readonly look: string;
}

/** What only AWS can confirm. */
export type Claim = CheckedClaim | SeenClaim;

/** Whether a step settles it. */
export const isChecked = (claim: Claim): claim is CheckedClaim => 'check' in claim;
