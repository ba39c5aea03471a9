import { connectionFrom } from '../../../sdk/index.ts';
import type { Aws } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { remove, type Wait } from '../removing.ts';
import type { Deploy, Outputs, StageName } from './cdk.ts';
import { openShop, type Shop } from './shop.ts';

/** A stack of its own, which is deployed, changed, and taken down. */
export interface StagePlace {
  /** Deploy the stage, unless it is what stands. @returns how long that took, in milliseconds */
  deployed(this: void, stage: StageName): Promise<number>;
  takenDown(this: void): Promise<void>;
  /** The stack as it stands. */
  readonly shop: Shop;
  readonly wait: Wait;
  /** @unit milliseconds */
  now(this: void): number;
  /** Something else is done from now on. */
  phase(this: void, text: string): void;
}

export interface StageGiven extends Pick<StagePlace, 'now' | 'wait' | 'phase'> {
  readonly aws: Aws;
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
  readonly deploy: Deploy;
  /** What the deployment prints. */
  detail(this: void, line: string): void;
  /** Default: the one of the outputs, by the SDK. */
  readonly shopOf?: (outputs: Outputs) => Shop;
}

/** The twelve digits in a name of the kit. */
const runOf = (name: string) => /-([0-9a-f]{12})-/.exec(name)?.[1] ?? '';

export function openStage(given: StageGiven): StagePlace {
  const { aws, journal, deploy, now, wait, phase, detail } = given;
  const { region } = given.made;
  // As infra/app.ts names it.
  const stackName = given.made.name.replace(/^t/, 'T');
  const made: Made = { ...given.made, kind: 'stack', name: stackName };
  let standing: StageName | undefined;
  let shop: Shop | undefined;
  let isWritten = false;
  /** Each costs minutes and money: what has failed is not tried again for the next claim. */
  const failed = new Map<StageName, unknown>();

  const openedShop = (outputs: Outputs) =>
    given.shopOf?.(outputs) ?? openShop({ aws, outputs, connection: connectionFrom({ [stackName]: outputs }) });

  return {
    ...{ now, wait, phase },
    async deployed(stage) {
      if (standing === stage) return 0;
      if (failed.has(stage)) throw failed.get(stage);
      const started = now();
      phase(`deploying stage ${stage} as ${stackName}`);
      const doing = () => deploy({ stage, run: runOf(stackName), stackName, region, onLine: detail });
      const first = !isWritten;
      isWritten = true;
      try {
        shop = openedShop(await (first ? journal.make(made, doing) : doing()));
        standing = stage;
      } catch (error) {
        failed.set(stage, error);
        throw error;
      }
      return now() - started;
    },
    async takenDown() {
      phase(`taking down ${stackName}`);
      standing = undefined;
      shop = undefined;
      await remove('stack', aws, stackName, wait);
      journal.removed(made);
      isWritten = false;
      failed.clear();
    },
    get shop() {
      if (shop === undefined) throw new Error('no stack stands');
      return shop;
    },
  };
}
