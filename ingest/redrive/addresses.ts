import { readFileSync } from 'node:fs';
import { NoStackError } from '@tillgraph/local-aws';
import { nameOf } from '../bulk/local-outputs.ts';

/** Where the bucket and the stream of a stack are. */
export interface Addresses {
  readonly name: string;
  readonly streamName: string;
  readonly bucketName: string;
  /** As the AWS clients take them. */
  readonly client: { readonly region?: string; readonly credentials?: Credentials };
  /** Of a local stack. */
  readonly endpoints?: { readonly s3: string; readonly kinesis: string };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface LocalOutputs {
  readonly region: string;
  readonly credentials: Credentials;
  readonly endpoints: { readonly s3: string; readonly kinesis: string };
  readonly stack: { readonly StreamName: string; readonly BucketName: string };
}

/**
 * Read the file that the start or the deployment of a stack has written.
 *
 * @remarks That of `cdk deploy --outputs-file` has no keys: there the usual chain of AWS applies.
 * @param data - the data directory of a local stack, when it is named by that
 * @throws NoStackError
 */
export function addressesIn(file: string, data: string | undefined): Addresses {
  const content = read(file);
  if (isLocal(content)) {
    const { region, credentials, endpoints, stack } = content;
    const name = data === undefined ? `the stack of ${file}` : nameOf(data);
    return { name, streamName: stack.StreamName, bucketName: stack.BucketName, client: { region, credentials }, endpoints };
  }
  return deployed(content, file);
}

function deployed(content: object, file: string): Addresses {
  const stacks = Object.entries(content as Record<string, unknown>).flatMap(([name, outputs]) => {
    const { StreamName, BucketName, Region } = (outputs ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof StreamName !== 'string' || typeof BucketName !== 'string') return [];
    return [
      { name, streamName: StreamName, bucketName: BucketName, client: typeof Region === 'string' ? { region: Region } : {} },
    ];
  });
  const [stack, ...others] = stacks;
  if (stack === undefined)
    throw new NoStackError(`"${file}" names no stack with a stream and a bucket: start the stack, or deploy it first`);
  if (others.length > 0) {
    const names = stacks.map(({ name }) => name).join(', ');
    throw new NoStackError(`"${file}" names several stacks (${names}): keep the one you mean`);
  }
  return stack;
}

function read(file: string): object {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NoStackError(`no file "${file}": start the stack with npm start, or name a file with --outputs`, { cause });
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content;
  } catch (cause) {
    throw new NoStackError(`"${file}" is no JSON: name a file of npm start, or of cdk deploy --outputs-file`, { cause });
  }
  throw new NoStackError(`"${file}" holds no outputs: name a file of npm start, or of cdk deploy --outputs-file`);
}

const isLocal = (content: object): content is LocalOutputs => 'graphqlUrl' in content && 'endpoints' in content;
