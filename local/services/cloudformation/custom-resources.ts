import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DataDirectory } from '../../data-directory.ts';
import type { QueuedInvocation } from '../lambda/functions.ts';
import type { CustomResourceDefinition } from './definition.ts';
import type { ResponseAddress } from './custom-resource-responses.ts';
import { startResponseServer } from './custom-resource-responses.ts';

/** What a function has made. */
export interface MadeResource {
  readonly physicalId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CustomResourcePorts {
  readonly directory: DataDirectory;
  readonly stackId: string;
  invokeAsynchronously(this: void, functionName: string, event: unknown): QueuedInvocation;
  /** Directory with a function's code. */
  codeOf(this: void, functionName: string): string;
  /** File with what a function prints. */
  logOf(this: void, functionName: string): string;
  /** A text that is another one when a secret has another value; undefined when the text names no secret. */
  secretVersionOf(this: void, text: string): string | undefined;
  /** How long to go on waiting for an answer when the function has ended. @unit ms @default 2,000 */
  readonly graceAfterEnd?: number;
  log(this: void, line: string): void;
}

/** A function did not make its resource. */
export class CustomResourceError extends Error {
  override readonly name = 'CustomResourceError';
  readonly code = 'CUSTOM_RESOURCE';

  constructor(
    readonly logicalId: string,
    readonly reason: string,
    readonly logPath: string,
  ) {
    super(`custom resource ${logicalId}: ${reason} (log: ${logPath})`);
  }
}

const FILE = 'custom-resources.json';
const GRACE_AFTER_END = 2_000;

type Kept = MadeResource & {
  /** Another one when the function must be called again. */
  readonly fingerprint: string;
  readonly properties: Readonly<Record<string, unknown>>;
};

type RequestType = 'Create' | 'Update' | 'Delete';

/**
 * Let functions make the custom resources of a stack, one after the other, as CloudFormation does.
 *
 * @remarks A function is called the first time, and again when properties, a secret that they name, or its code has changed. CloudFormation
 * looks at the properties only; here a change of the code is what one is at work on. Nothing is deleted when it has left the template.
 * @returns what there is, by logical id
 * @throws CustomResourceError
 */
export async function makeCustomResources(
  definitions: readonly CustomResourceDefinition[],
  ports: CustomResourcePorts,
): Promise<ReadonlyMap<string, MadeResource>> {
  const kept = (ports.directory.kept(FILE) ?? {}) as Record<string, Kept>;
  const due = definitions.filter((definition) => kept[definition.logicalId]?.fingerprint !== fingerprintOf(definition, ports));
  if (due.length > 0) {
    const server = await startResponseServer();
    try {
      for (const definition of due) {
        kept[definition.logicalId] = await make(definition, kept[definition.logicalId], ports, server.newAddress);
        ports.directory.keep(FILE, kept);
      }
    } finally {
      await server.close();
    }
  }
  return new Map(definitions.flatMap(({ logicalId }) => (kept[logicalId] ? [[logicalId, kept[logicalId]]] : [])));
}

async function make(
  definition: CustomResourceDefinition,
  present: Kept | undefined,
  ports: CustomResourcePorts,
  newAddress: () => ResponseAddress,
): Promise<Kept> {
  const { logicalId, properties } = definition;
  const ask = (type: RequestType, more: Readonly<Record<string, unknown>>): Promise<MadeResource> =>
    call(definition, { RequestType: type, ResourceProperties: properties, ...more }, ports, newAddress());
  const made =
    present === undefined
      ? await ask('Create', {})
      : await ask('Update', { PhysicalResourceId: present.physicalId, OldResourceProperties: present.properties });
  ports.log(`custom resource ${logicalId}: ${present === undefined ? 'created' : 'updated'} ${made.physicalId}`);
  if (present !== undefined && present.physicalId !== made.physicalId) {
    // Another id says that it is another thing: the one before it goes.
    await ask('Delete', { PhysicalResourceId: present.physicalId, ResourceProperties: present.properties });
  }
  return { ...made, fingerprint: fingerprintOf(definition, ports), properties };
}

/** @source CloudFormation User Guide, "Custom resource request objects" */
async function call(
  definition: CustomResourceDefinition,
  request: Readonly<Record<string, unknown>>,
  { stackId, invokeAsynchronously, logOf, graceAfterEnd = GRACE_AFTER_END }: CustomResourcePorts,
  address: ResponseAddress,
): Promise<MadeResource> {
  const { logicalId, type, functionName, serviceToken, timeoutSeconds } = definition;
  const fail = (reason: string): never => {
    throw new CustomResourceError(logicalId, reason, logOf(functionName));
  };
  const RequestId = randomUUID();
  const common = { StackId: stackId, RequestId, LogicalResourceId: logicalId };
  const { ending } = invokeAsynchronously(functionName, {
    ...common,
    ServiceToken: serviceToken,
    ResponseURL: address.url,
    ResourceType: type,
    ...request,
  });
  const answer = await firstOf(address.answered, ending, timeoutSeconds * 1000, graceAfterEnd);
  if (answer === undefined)
    return fail(`${functionName} did not answer ${String(request['RequestType'])} within ${String(timeoutSeconds)} s`);
  if (answer === 'done' || answer === 'given up' || answer === 'lost')
    return fail(`${functionName} ended (${answer}) and did not answer ${String(request['RequestType'])}`);
  for (const [name, value] of Object.entries(common))
    if (answer[name] !== value) fail(`${functionName} answered with ${name} ${JSON.stringify(answer[name])}: write ${value}`);
  const { Status, Reason, PhysicalResourceId: id, Data } = answer;
  if (Status !== 'SUCCESS') return fail(`${functionName} answered ${String(Status)}: ${String(Reason)}`);
  if (typeof id !== 'string' || id === '')
    return fail(`${functionName} answered with PhysicalResourceId ${JSON.stringify(id)}: write a text`);
  return { physicalId: id, data: typeof Data === 'object' && Data !== null ? (Data as Record<string, unknown>) : {} };
}

/** The answer; or how the function ended, when it ended without one; or undefined when the time is over. */
async function firstOf<A, E>(
  answered: Promise<A>,
  ended: Promise<E>,
  timeout: number,
  grace: number,
): Promise<A | E | undefined> {
  const timers: NodeJS.Timeout[] = [];
  const after = <T>(milliseconds: number, value: T): Promise<T> =>
    new Promise((resolve) => timers.push(setTimeout(() => resolve(value), milliseconds)));
  try {
    return await Promise.race([answered, ended.then((ending) => after(grace, ending)), after(timeout, undefined)]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function fingerprintOf({ functionName, properties }: CustomResourceDefinition, ports: CustomResourcePorts): string {
  const hash = createHash('sha256').update(JSON.stringify(properties));
  for (const text of textsIn(properties)) hash.update(ports.secretVersionOf(text) ?? '');
  const code = ports.codeOf(functionName);
  for (const path of filesIn(code)) hash.update(relative(code, path)).update(readFileSync(path));
  return hash.digest('hex');
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}
