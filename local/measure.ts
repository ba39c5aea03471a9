/** A number that a service of AWS tells of itself, under the names that CloudWatch knows it by. */
export interface Measurement {
  /** Such as `AWS/Lambda`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** In the unit that the metric has on AWS. */
  readonly value: number;
}

export type Measure = (this: void, measurement: Measurement) => void;

/** For a service that runs by itself, without metrics. */
export const measureNothing: Measure = () => undefined;
