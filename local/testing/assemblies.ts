import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackReading } from '../template/readers.ts';
import { readAssembly } from '../template/assembly.ts';
import { readStack } from '../template/readers.ts';
import { newDirectory } from './directories.ts';

export type Resources = Record<
  string,
  { Type: string; Properties?: Record<string, unknown>; Condition?: string; DependsOn?: string | string[] }
>;

interface Sections {
  readonly Parameters?: object;
  readonly Conditions?: object;
  readonly Mappings?: object;
  readonly Outputs?: object;
}

/** A cloud assembly in the form that the CDK writes: one stack, its assets as files beside it, keyed by a hash. */
export function assemblyOf(
  resources: Resources,
  sections: Sections = {},
  assets: Readonly<Record<string, Readonly<Record<string, string>> | string>> = {},
): string {
  const directory = newDirectory('assembly');
  const write = (file: string, content: unknown): void => {
    writeFileSync(join(directory, file), JSON.stringify(content));
  };
  const files: Record<string, unknown> = {};
  for (const [hash, content] of Object.entries(assets)) {
    const isDirectory = typeof content !== 'string';
    const path = isDirectory ? `asset.${hash}` : `asset.${hash}.js`;
    if (isDirectory) {
      mkdirSync(join(directory, path));
      for (const [name, text] of Object.entries(content)) writeFileSync(join(directory, path, name), text);
    } else writeFileSync(join(directory, path), content);
    const objectKey = isDirectory ? `${hash}.zip` : `${hash}.js`;
    const destination = { bucketName: 'cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1', objectKey, region: 'us-east-1' };
    files[hash] = {
      source: { path, packaging: isDirectory ? 'zip' : 'file' },
      destinations: { 'current_account-us-east-1': destination },
    };
  }
  write('Shop.assets.json', { version: '55.0.0', files, dockerImages: {} });
  write('Shop.template.json', { Resources: resources, ...sections });
  write('manifest.json', {
    version: '55.0.0',
    artifacts: {
      'Shop.assets': { type: 'cdk:asset-manifest', properties: { file: 'Shop.assets.json' } },
      Shop: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/us-east-1',
        properties: { templateFile: 'Shop.template.json' },
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  return directory;
}

/** Read an assembly as the local stack does. */
export function read(directory: string): StackReading {
  const options = { accountId: '000000000000', region: 'us-east-1', apiKeyOf: (logicalId: string) => `da2-${logicalId}` };
  return readStack(readAssembly(directory), options);
}
