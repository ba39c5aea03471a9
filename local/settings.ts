import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssemblyError } from './template/errors.ts';

/** What an app says about its local stack: `"context": {"local-aws": {…}}` of its `cdk.json`. */
export interface Settings {
  /** Files and folders that the assembly is made from, besides installed packages. @default everything is taken to have changed */
  readonly sources?: readonly string[];
  /** Context of the synthesis that goes before the rest of `cdk.json`. */
  readonly context?: Readonly<Record<string, string>>;
  /** The stack's output with the ARN of the secret whose login stands in `warehouseUrl`. */
  readonly warehouseLoginOutput?: string;
  /** Name of the folder in the user's cache that holds what takes long to make. @default "local-aws" */
  readonly cacheFolder?: string;
}

const KEY = 'local-aws';
const NAMES = ['sources', 'context', 'warehouseLoginOutput', 'cacheFolder'];

/** The settings of the app in a folder; none when it has no `cdk.json`. @throws AssemblyError which names what is not known */
export function readSettings(root: string): Settings {
  const path = join(root, 'cdk.json');
  if (!existsSync(path)) return {};
  const { context } = JSON.parse(readFileSync(path, 'utf8')) as { context?: Readonly<Record<string, unknown>> };
  const settings = context?.[KEY] ?? {};
  if (typeof settings !== 'object') throw new AssemblyError(root, `"${KEY}" in the context of cdk.json must be an object`);
  const unknown = Object.keys(settings).filter((name) => !NAMES.includes(name));
  if (unknown.length > 0)
    throw new AssemblyError(
      root,
      `"${KEY}" in the context of cdk.json has no ${unknown.join(', ')}: it takes ${NAMES.join(', ')}`,
    );
  return settings;
}
