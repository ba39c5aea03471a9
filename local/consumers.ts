import { join } from 'node:path';
import type { LocalCredentials } from './credentials.ts';
import { ServiceError } from './errors.ts';
import type { RunningMapping } from './services/lambda/event-source/mapping.ts';
import { startMapping } from './services/lambda/event-source/mapping.ts';
import { sign } from './http/signature-v4.ts';
import type { GivenUpEvent } from './services/lambda/asynchronous.ts';
import { MAX_REQUEST_BYTES, type Functions } from './services/lambda/functions.ts';
import type { StackOptions } from './stack-options.ts';
import type { Measure } from './measure.ts';
import type { Stores } from './stores.ts';
import type { StackDefinition } from './template/stack-definition.ts';

/** Begin to give the records of streams to functions. */
export function startMappings(
  { eventSourceMappings, functions: definitions }: StackDefinition,
  functions: Functions,
  { kinesis, s3 }: Stores,
  { directory, region, timeFactor, log, streamClock, measure }: StackOptions & { readonly measure: Measure },
): Promise<readonly RunningMapping[]> {
  return Promise.all(
    eventSourceMappings.map((mapping) => {
      const lambda = definitions.find(({ name }) => name === mapping.functionName);
      if (lambda === undefined) throw new TypeError(`the stack has no function ${mapping.functionName}`);
      return startMapping(
        mapping,
        lambda,
        {
          source: kinesis,
          log,
          measure,
          ...(streamClock && { now: () => streamClock.now() }),
          invoke: async (event) => {
            try {
              return await functions.invoke(lambda.name, event);
            } catch (error) {
              if (error instanceof ServiceError) return undefined;
              throw error;
            }
          },
          keep: (bucket, { key, body }) => objectWriter(s3.url, { bucket, key, body }, directory.credentials, region),
        },
        { region, timeFactor, directory: join(directory.path, 'event-source-mappings'), maxEventBytes: MAX_REQUEST_BYTES },
      );
    }),
  );
}

/** Put into a bucket what a function did not take, as any client would: a fault of S3 strikes it too. */
export async function objectWriter(
  endpoint: string,
  { bucket, key, body }: GivenUpEvent,
  credentials: LocalCredentials,
  region: string,
): Promise<void> {
  const url = `${endpoint}/${bucket}/${key}`;
  const headers = { 'content-type': 'application/json' };
  const { host: _host, ...signed } = sign({ method: 'PUT', url, headers, body, credentials, region, service: 's3' });
  const response = await fetch(url, { method: 'PUT', headers: { ...headers, ...signed }, body });
  if (!response.ok) throw new Error(`PUT ${key}: ${String(response.status)} ${await response.text()}`);
}
