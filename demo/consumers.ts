import { setTimeout as pause } from 'node:timers/promises';

/** How far a consumer of the stream is, as the local stack tells. */
interface Mapping {
  readonly functionName: string;
  /** Records in the stream that the function has not yet done. */
  readonly waiting: number;
}

/** @unit milliseconds */
const LOOK_AGAIN = 50;

/** Wait until every consumer of the local stack has done every record of the stream. */
export async function consumersCaughtUp(
  outputs: { readonly endpoints: Readonly<Record<'lambda', string>> },
  onWaiting: (records: number) => void = () => undefined,
): Promise<void> {
  for (;;) {
    const answer = await fetch(`${outputs.endpoints.lambda}/_event-source-mappings`);
    if (!answer.ok) throw new Error(`the local stack does not say how far its consumers are: ${await answer.text()}`);
    const mappings = (await answer.json()) as Mapping[];
    const waiting = Math.max(0, ...mappings.map((mapping) => mapping.waiting));
    if (waiting === 0) return;
    onWaiting(waiting);
    await pause(LOOK_AGAIN);
  }
}
