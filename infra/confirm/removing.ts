import type { Aws } from './aws.ts';
import type { Kind } from './journal.ts';

/** @unit milliseconds */
export type Wait = (milliseconds: number) => Promise<void>;

/** Asks until the answer is no. @param isThere - whether to ask again; when it fails, so does this */
export async function waitWhile(isThere: () => Promise<boolean>, wait: Wait, every: number): Promise<void> {
  while (await isThere()) await wait(every);
}

/** Of a workgroup or a namespace, which take minutes. @unit milliseconds */
const LOOK = 10_000;

const isAbsent = (error: unknown) => error instanceof Error && error.name === 'ResourceNotFoundException';
/** It is being made, changed or deleted. */
const isBusy = (error: unknown) => error instanceof Error && error.name === 'ConflictException';

/** Deletes what is deleted in the background, and waits until it is gone. @param look - fails when it is not there */
async function removeSlowly(deleted: () => Promise<unknown>, look: () => Promise<unknown>, wait: Wait): Promise<void> {
  await waitWhile(
    async () => {
      try {
        await deleted();
        return false;
      } catch (error) {
        if (isAbsent(error)) return false;
        if (isBusy(error)) return true;
        throw error;
      }
    },
    wait,
    LOOK,
  );
  await waitWhile(
    async () => {
      try {
        await look();
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },
    wait,
    LOOK,
  );
}

const REMOVE: Readonly<Record<Kind, (aws: Aws, name: string, wait: Wait) => Promise<void>>> = {
  async 'graphql-api'(aws, name) {
    // AWS chooses the id, and a run that was ended may not have heard it.
    const ids: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await aws('appsync:ListGraphqlApis', nextToken === undefined ? {} : { nextToken });
      ids.push(...(page.graphqlApis ?? []).filter((api) => api.name === name).map(({ apiId }) => apiId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const apiId of ids) await aws('appsync:DeleteGraphqlApi', { apiId });
  },
  workgroup: (aws, workgroupName, wait) =>
    removeSlowly(
      () => aws('redshift-serverless:DeleteWorkgroup', { workgroupName }),
      () => aws('redshift-serverless:GetWorkgroup', { workgroupName }),
      wait,
    ),
  namespace: (aws, namespaceName, wait) =>
    removeSlowly(
      () => aws('redshift-serverless:DeleteNamespace', { namespaceName }),
      () => aws('redshift-serverless:GetNamespace', { namespaceName }),
      wait,
    ),
};

/** Removes a thing by its name, and resolves when it is gone; nothing happens when it is not there. */
export const remove = (kind: Kind, aws: Aws, name: string, wait: Wait): Promise<void> => REMOVE[kind](aws, name, wait);
