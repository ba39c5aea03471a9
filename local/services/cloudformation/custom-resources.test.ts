import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DataDirectory } from '../../data-directory.ts';
import type { CustomResourcePorts } from './custom-resources.ts';
import { CustomResourceError, makeCustomResources } from './custom-resources.ts';
import type { CustomResourceDefinition } from './definition.ts';
import type { LambdaDefinition } from '../lambda/definition.ts';
import { newDirectory } from '../../testing/directories.ts';
import { functionOf, withFunction } from '../../testing/functions.ts';

/** Answers with what `answer`, an expression, makes of the request; keeps the requests beside its code. */
const maker = (answer: string) => `
  import { appendFileSync } from 'node:fs';
  export const handler = async (request) => {
    const { ResponseURL, RequestType, StackId, RequestId, LogicalResourceId, ResourceProperties } = request;
    appendFileSync(process.env.REQUESTS, JSON.stringify(request) + '\\n');
    const common = { Status: 'SUCCESS', PhysicalResourceId: 'thing-1', StackId, RequestId, LogicalResourceId };
    const answer = ${answer};
    if (answer === undefined) return;
    const response = await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
    if (!response.ok) throw new Error(await response.text());
  };`;

const definition = (properties: Record<string, unknown> = {}): CustomResourceDefinition => ({
  logicalId: 'Thing',
  type: 'Custom::Thing',
  functionName: 'greeter',
  serviceToken: 'arn:aws:lambda:us-east-1:000000000000:function:greeter',
  properties: { Size: '2', ...properties },
  timeoutSeconds: 30,
});

interface World {
  readonly lambda: LambdaDefinition;
  /** Make the resources, as one start of the stack. */
  make(
    definitions: readonly CustomResourceDefinition[],
    changes?: Partial<CustomResourcePorts>,
  ): ReturnType<typeof makeCustomResources>;
  requests(): Promise<readonly Record<string, unknown>[]>;
}

async function givenMaker<T>(answer: string, use: (world: World) => Promise<T>): Promise<T> {
  const requests = join(newDirectory('requests'), 'requests.ndjson');
  writeFileSync(requests, '');
  const directory = await DataDirectory.open(join(newDirectory('deployment'), 'data'));
  onTestFinished(() => {
    directory.close();
  });
  const lambda = functionOf(maker(answer), { environment: { REQUESTS: requests } });
  const { readFile } = await import('node:fs/promises');
  return withFunction(
    lambda,
    (functions) =>
      use({
        lambda,
        make: (definitions, changes = {}) =>
          makeCustomResources(definitions, {
            directory,
            stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Shop/1',
            invokeAsynchronously: (name, event) => functions.invokeAsynchronously(name, event),
            codeOf: () => lambda.directory,
            logOf: (name) => functions.logOf(name),
            secretVersionOf: () => undefined,
            graceAfterEnd: 20,
            log: () => undefined,
            ...changes,
          }),
        requests: async () =>
          (await readFile(requests, 'utf8'))
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Record<string, unknown>),
      }),
    {},
    { timeFactor: 1_000_000 },
  );
}
const types = async (world: World) => (await world.requests()).map(({ RequestType }) => RequestType);

describe('a custom resource', () => {
  test('is made by its function the first time, with the request that CloudFormation sends', async () => {
    const [made, requests] = await givenMaker('({ ...common, Data: { Answer: 42 } })', async (world) => [
      await world.make([definition()]),
      await world.requests(),
    ]);

    expect([...made]).toEqual([['Thing', expect.objectContaining({ physicalId: 'thing-1', data: { Answer: 42 } })]]);
    expect(requests).toEqual([
      {
        RequestType: 'Create',
        ResponseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.+/),
        StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Shop/1',
        RequestId: expect.any(String),
        LogicalResourceId: 'Thing',
        ResourceType: 'Custom::Thing',
        ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:greeter',
        ResourceProperties: { Size: '2' },
      },
    ]);
  });

  test('is left alone at the next start, and still has its values', async () => {
    const [made, sent] = await givenMaker('({ ...common, Data: { Answer: 42 } })', async (world) => {
      await world.make([definition()]);
      return [await world.make([definition()]), await types(world)];
    });

    expect(made.get('Thing')).toMatchObject({ physicalId: 'thing-1', data: { Answer: 42 } });
    expect(sent).toEqual(['Create']);
  });

  test('is updated when its properties have changed, and the function hears what they were', async () => {
    const requests = await givenMaker('common', async (world) => {
      await world.make([definition()]);
      await world.make([definition({ Size: '3' })]);
      return world.requests();
    });

    expect(requests[1]).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'thing-1',
      ResourceProperties: { Size: '3' },
      OldResourceProperties: { Size: '2' },
    });
  });

  test.each([
    [
      'the code of its function',
      async (world: World) => {
        writeFileSync(join(world.lambda.directory, 'more.sql'), 'CREATE TABLE more (id INTEGER);');
        await world.make([definition()]);
      },
    ],
    [
      'a secret that it names',
      (world: World) => world.make([definition()], { secretVersionOf: (text) => (text === '2' ? 'v2' : undefined) }),
    ],
  ])('is updated when %s has changed', async (_what, change) => {
    const sent = await givenMaker('common', async (world) => {
      await world.make([definition()]);
      await change(world);
      return types(world);
    });

    expect(sent).toEqual(['Create', 'Update']);
  });

  test('that became another thing is deleted as what it was', async () => {
    const requests = await givenMaker(
      "({ ...common, PhysicalResourceId: 'thing-' + ResourceProperties.Size })",
      async (world) => {
        await world.make([definition()]);
        await world.make([definition({ Size: '3' })]);
        return world.requests();
      },
    );

    expect(requests.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([
      ['Create', undefined],
      ['Update', 'thing-2'],
      ['Delete', 'thing-2'],
    ]);
    expect(requests[2]).toMatchObject({ ResourceProperties: { Size: '2' } });
  });

  test.each([
    [
      'says that it failed',
      "({ ...common, Status: 'FAILED', Reason: 'no such table' })",
      'greeter answered FAILED: no such table',
    ],
    ['ends without an answer', 'undefined', 'greeter ended (done) and did not answer Create'],
    ['always throws', 'null.nothing', 'greeter ended (given up) and did not answer Create'],
    ['answers somebody else', "({ ...common, RequestId: 'r' })", 'greeter answered with RequestId "r": write '],
    ['gives no id', "({ ...common, PhysicalResourceId: '' })", 'greeter answered with PhysicalResourceId "": write a text'],
    ['answers too much', "({ ...common, Data: 'x'.repeat(5000) })", 'greeter ended (given up) and did not answer Create'],
  ])('whose function %s is an error that names the log, and is tried again at the next start', async (_what, answer, words) => {
    const [error, sent] = await givenMaker(answer, async (world) => {
      const failure: unknown = await world.make([definition()]).catch((reason: unknown) => reason);
      await world.make([definition()]).catch(() => undefined);
      return [failure, await types(world)];
    });

    expect(error).toBeInstanceOf(CustomResourceError);
    expect((error as Error).message).toContain(`custom resource Thing: ${words}`);
    expect((error as Error).message).toMatch(/\(log: .*greeter\.log\)$/);
    expect(new Set(sent)).toEqual(new Set(['Create']));
  });

  test('whose function takes too long is an error that names the limit', async () => {
    const slow = '(await new Promise((resolve) => setTimeout(resolve, 5000)), common)';

    const attempt = givenMaker(slow, (world) => world.make([{ ...definition(), timeoutSeconds: 0.05 }]));

    await expect(attempt).rejects.toThrow('greeter did not answer Create within 0.05 s');
  });
});
