import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssemblyError } from './errors.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
}

/** A CloudFormation template as synthesized: JSON, intrinsic functions not evaluated. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: string | number }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
  readonly Transform?: unknown;
}

export interface Assembly {
  readonly directory: string;
  readonly stackName: string;
  /** The region the app was synthesized for; absent when the app left it open. */
  readonly region?: string;
  readonly template: Template;
  /** Where the bytes of an uploaded asset are: object key in the assets bucket to a path on this machine. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string; readonly file?: string; readonly stackName?: string };
}

/** The part of an assets manifest that says which file goes where. */
interface AssetsManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly executable?: readonly string[] };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/**
 * Read a cloud assembly (`cdk.out`) of one stack.
 *
 * @remarks Nothing is copied: functions and resolvers run from the very files that a deployment would upload.
 * @throws AssemblyError when there is no assembly, not exactly one stack, or an asset of a kind that cannot run here
 */
export function readAssembly(directory: string): Assembly {
  const root = resolve(directory);
  if (!existsSync(join(root, 'manifest.json')))
    throw new AssemblyError(root, 'no manifest.json: synthesize the app first, with `npm run synth`');
  const { artifacts = {} } = readJson(root, 'manifest.json') as { artifacts?: Record<string, Artifact> };
  const nested = Object.entries(artifacts).find(([, { type }]) => type === 'cdk:cloud-assembly');
  if (nested)
    throw new AssemblyError(root, `nested assembly ${nested[0]} is not supported locally: give --assembly its directory`);

  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [only] = stacks;
  if (only === undefined || stacks.length > 1) {
    throw new AssemblyError(
      root,
      `exactly one stack can run locally: found ${stacks.length === 0 ? 'none' : stacks.map(([id]) => id).join(', ')}`,
    );
  }
  const [artifactId, { properties = {}, environment = '' }] = only;
  const region = /^aws:\/\/[^/]+\/(.+)$/.exec(environment)?.[1];
  return {
    directory: root,
    stackName: properties.stackName ?? artifactId,
    ...(region !== undefined && region !== 'unknown-region' && { region }),
    template: readJson(root, properties.templateFile ?? `${artifactId}.template.json`) as Template,
    assets: readAssets(root, artifacts),
  };
}

function readAssets(root: string, artifacts: Readonly<Record<string, Artifact>>): Map<string, string> {
  const assets = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    const { files = {}, dockerImages = {} } = readJson(root, properties.file) as AssetsManifest;
    const [image] = Object.keys(dockerImages);
    if (image !== undefined)
      throw new AssemblyError(
        root,
        `asset ${image} is a container image, which cannot run locally: bundle the code as a file asset`,
      );
    for (const [id, { source, destinations }] of Object.entries(files)) {
      if (source.path === undefined)
        throw new AssemblyError(root, `asset ${id} is made by a command at deployment: make it a file or directory`);
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(root, source.path));
    }
  }
  return assets;
}

function readJson(root: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8'));
  } catch (cause) {
    throw new AssemblyError(root, `${file} cannot be read: synthesize the app again, with \`npm run synth\``, { cause });
  }
}
