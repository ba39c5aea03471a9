import { differs, holds, type Seen } from '../claim.ts';
import { DeployFailedError, type StageName } from './cdk.ts';
import { BY_API, BY_DOOR, EXPECTED, type Holding, STORES } from './sent-lines.ts';
import type { StagePlace } from './place.ts';

const minutes = (milliseconds: number) => `${String(Math.round(milliseconds / 60_000))} minutes`;

/** Deploys, and says how it went. @throws what is not of the deployment itself */
async function deployment(place: StagePlace, stage: StageName, said: (took: string) => string): Promise<Seen> {
  try {
    return holds(said(minutes(await place.deployed(stage))));
  } catch (error) {
    if (!(error instanceof DeployFailedError)) throw error;
    return differs(error.message);
  }
}

export const leanDeploys = (place: StagePlace) => deployment(place, 'lean', (took) => `Stage lean stood after ${took}.`);

export const devDeploysOverLean = (place: StagePlace) =>
  deployment(place, 'dev', (took) => `The stack had become stage dev after ${took}.`);

/** Sends by both doors. */
export async function doorsTakeLines(place: StagePlace): Promise<Seen> {
  await place.deployed('dev');
  place.phase('sending 100 lines by both doors');
  const { byApi, byDoor } = await place.shop.send();
  const seen = `The GraphQL API took ${String(byApi)} lines, the HTTP door ${String(byDoor)}.`;
  return byApi === BY_API.length && byDoor === BY_DOOR.length ? holds(seen) : differs(seen);
}

/** Firehose gathers for five minutes, an import begins after some, and the loader looks every quarter of an hour. @unit milliseconds */
const PATIENCE = 45 * 60_000;
const LOOK = 30_000;

const isSame = (one: Holding, other: Holding) =>
  one.lines === other.lines && one.units === other.units && one.mills === other.mills;
const holdingText = ({ lines, units, mills }: Holding) =>
  `${String(lines)} lines, ${String(units)} units, ${(mills / 1_000).toFixed(3)} pounds`;

/** Puts a file beside the lines that were sent, and waits until every store has what it should. */
export async function storesAgree(place: StagePlace): Promise<Seen> {
  await place.deployed('dev');
  const { shop, wait, now, phase } = place;
  await shop.send();
  phase('putting one file of 20 lines under bulk/');
  await shop.putFile();
  const started = now();
  for (;;) {
    const held = await shop.count();
    const others = STORES.filter((store) => !isSame(held[store], EXPECTED[store]));
    if (others.length === 0)
      return holds(
        `After ${minutes(now() - started)} the tables and raw/ held ${holdingText(held.raw)}, the warehouse ${holdingText(held.warehouse)}, curated/ ${holdingText(held.curated)}.`,
      );
    const missing = others
      .map((store) => `${store} has ${holdingText(held[store])} and should have ${holdingText(EXPECTED[store])}`)
      .join('; ');
    if (now() - started > PATIENCE) return differs(`After ${minutes(now() - started)} ${missing}.`);
    phase(`waiting: ${missing}`);
    await wait(LOOK);
  }
}

export async function isDeployedAgain(place: StagePlace): Promise<Seen> {
  await place.deployed('dev');
  await place.takenDown();
  return deployment(place, 'dev', (took) => `The stack was destroyed, and stage dev stood again after ${took}.`);
}
