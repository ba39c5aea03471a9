import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { tillgraph } from '../../infra/app.ts';
import { functions, resolvers } from '../../infra/build.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// Whoever runs the tests has an account and a region, or none: the template must not depend on it.
delete process.env['CDK_DEFAULT_ACCOUNT'];
delete process.env['CDK_DEFAULT_REGION'];

export type StageName = 'dev' | 'lean' | 'prod';

/** A resource of a template, as CloudFormation reads it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** An empty directory that is gone when the tests of the file end. */
export const directory = temporaryDirectory;

let standIns = '';

/** Bundles that differ and do nothing: what is in them is no matter of the template. */
function standInBundles(): string {
  if (existsSync(standIns)) return standIns;
  const path = join(directory(), 'build');
  mkdirSync(join(path, 'resolvers', 'steps'), { recursive: true });
  for (const name of resolvers) writeFileSync(join(path, 'resolvers', `${name}.js`), `// ${name}\n`);
  for (const name of functions) {
    mkdirSync(join(path, 'functions', name), { recursive: true });
    writeFileSync(join(path, 'functions', name, 'index.mjs'), `// ${name}\n`);
    writeFileSync(join(path, 'functions', name, 'index.mjs.map'), '{}');
  }
  const migrations = join(path, 'functions', 'warehouse-migrator', 'warehouse', 'migrations');
  mkdirSync(migrations, { recursive: true });
  writeFileSync(join(migrations, '0001-first.sql'), 'CREATE SCHEMA mart;\n');
  standIns = path;
  return path;
}

/** Stand-in bundles with these migrations, by file name. */
export function bundlesWith(migrations: Readonly<Record<string, string>>): string {
  const path = join(directory(), 'build');
  cpSync(standInBundles(), path, { recursive: true });
  const place = join(path, 'functions', 'warehouse-migrator', 'warehouse', 'migrations');
  rmSync(place, { recursive: true });
  mkdirSync(place);
  for (const [name, sql] of Object.entries(migrations)) writeFileSync(join(place, name), sql);
  return path;
}

/** The app of a stage on stand-in bundles; validation, which takes seconds, only when asked for. */
export function appOf(
  stage: StageName,
  context: Readonly<Record<string, unknown>> = {},
  validate = false,
  build = standInBundles(),
): App {
  const outdir = join(directory(), 'cdk.out');
  return tillgraph({
    build,
    outdir,
    builtinCloudFormationValidation: validate,
    context: { stage, ...context },
  });
}

const templates = new Map<string, Template>();

/** The template of a stage; the same one for the same context, because nobody changes it. */
export function templateOf(stage: StageName, context: Readonly<Record<string, unknown>> = {}): Template {
  const key = JSON.stringify([stage, context]);
  const template = templates.get(key) ?? synthesize(stage, context);
  templates.set(key, template);
  return template;
}

function synthesize(stage: StageName, context: Readonly<Record<string, unknown>>): Template {
  const stack = appOf(stage, context).synth().getStackByName(`Tillgraph-${stage}`);
  return Template.fromJSON(stack.template as Record<string, unknown>);
}

/** All resources of a type, by logical id. */
export function resources(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Record<string, Resource>;
}

/** The only resource of a type. */
export function only(template: Template, type: string): Resource {
  const [resource, second] = Object.values(resources(template, type));
  if (resource === undefined || second !== undefined) throw new Error(`expected one ${type}`);
  return resource;
}

/** The first eight digits of the stack's id. */
export const STACK_ID_DIGITS = {
  'Fn::Select': [0, { 'Fn::Split': ['-', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }] }],
};

/** A name with the stack's id in it, as the template says it. */
export const uniqueName = (start: string, end = '') => ({
  'Fn::Join': ['', [`${start}-`, STACK_ID_DIGITS, ...(end === '' ? [] : [end])]],
});

/** What may be done with the partitions of one of the declared tables, as `action resource`. */
export const registers = (table: string, ...actions: readonly string[]) =>
  ['GetTable', ...actions].flatMap((action) =>
    ['catalog', 'database/WarehouseImportCatalogDatabase', `table/WarehouseImportCatalogDatabase/${table}`].map(
      (resource) => `glue:${action} arn:aws:glue:us-east-1:AWS::AccountId:${resource}`,
    ),
  );
