import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { ESLint } from 'eslint';
import { buildSchema, isIntrospectionType, isObjectType, Kind, parse, print, visit } from 'graphql';
import type { ASTNode, GraphQLObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { fields, type Wiring } from '../resolvers/index.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files under `folder` as paths from the root, with `/`. */
function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((path) => statSync(join(root, path)).isFile());
}

const ROOMS = [
  'schema',
  'domain',
  'resolvers',
  'warehouse',
  'ingest',
  'infra',
  'sdk',
  'local',
  'console',
  'demo',
  'test',
  'bench',
  'docs',
];
const files = ROOMS.filter((room) => existsSync(join(root, room))).flatMap(filesUnder);
const sources = files.filter((path) => /\.(ts|mjs|js)$/.test(path) && !path.includes('/generated/'));

const schema = buildSchema(`${read('schema/appsync.graphql')}\n${read('schema/schema.graphql')}`);
const isRoot = (type: GraphQLObjectType) => [schema.getQueryType(), schema.getMutationType()].includes(type);
const objects = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !isIntrospectionType(type));
const namesOf = (type: GraphQLObjectType) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`);

describe('the schema, the resolvers and the table that joins them', () => {
  test('every entry of the table is a field of the schema', () => {
    const inSchema = objects.flatMap(namesOf);

    const astray = Object.keys(fields).filter((field) => !inSchema.includes(field));

    expect(astray).toEqual([]);
  });

  test('every field that cannot be a property of its parent is in the table', () => {
    const needed = objects.flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => isRoot(type) || field.args.length > 0)
        .map((field) => `${type.name}.${field.name}`),
    );

    const homeless = needed.filter((field) => !(field in fields));

    expect(homeless).toEqual([]);
  });

  test('every field and step of the table has a file, and every file is in the table', () => {
    const inTable = Object.entries<Wiring>(fields).flatMap(([field, wiring]) =>
      typeof wiring === 'string' ? [field] : [field, ...wiring.map(([step]) => step)],
    );

    const onDisk = filesUnder('resolvers')
      .map((path) => relative('resolvers', path))
      .filter((name) => name !== 'index.ts' && !name.startsWith('shared'));

    expect(onDisk.sort()).toEqual([...new Set(inTable)].map((name) => `${name}.ts`).sort());
  });

  test('every type, field and argument says what it is', () => {
    const silent: string[] = [];

    visit(parse(read('schema/schema.graphql'), { noLocation: true }), {
      enter(node: ASTNode & { description?: unknown }) {
        if (node.kind === Kind.SCHEMA_DEFINITION) return false;
        if (node.kind.endsWith('Definition') && node.description === undefined) silent.push(print(node));
        return undefined;
      },
    });

    expect(silent).toEqual([]);
  });
});

describe('what AppSync runs', () => {
  /** The files a source imports for more than their types. */
  const importsOf = (path: string) =>
    [...read(path).matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gms)].map(([, to = '']) =>
      normalize(join(dirname(path), to)).replaceAll('\\', '/'),
    );

  test('every file that a resolver bundles is held to the language of AppSync', async () => {
    const bundled = new Set(filesUnder('resolvers').filter((path) => path.endsWith('.ts')));
    for (const path of bundled) for (const imported of importsOf(path)) bundled.add(imported);

    const eslint = new ESLint({ cwd: root });
    const free: string[] = [];
    for (const path of bundled) {
      const config = (await eslint.calculateConfigForFile(join(root, path))) as { rules: Record<string, [number] | undefined> };
      if (config.rules['@aws-appsync/no-try']?.[0] !== 2) free.push(path);
    }

    expect(free).toEqual([]);
  });
});

describe('the house', () => {
  test('local knows AWS, and no name of the shop', () => {
    const { Outputs } = JSON.parse(read('cdk.out/Tillgraph-dev.template.json')) as { Outputs: Record<string, unknown> };
    const { name: project } = JSON.parse(read('package.json')) as { name: string };
    // A name of one word may be anybody's, and these are AWS's as well.
    const ofAws = ['StreamName', 'BucketName', 'DeliveryStreamName', 'nextToken', 'hasMore'];
    const names = [...Object.keys(Outputs), ...objects.flatMap((type) => [type.name, ...Object.keys(type.getFields())])].filter(
      (name) => /[a-z][A-Z]/.test(name) && !ofAws.includes(name),
    );
    const words = [/customer|invoice/gi, new RegExp(project, 'gi'), /'(?:infra|resolvers|ingest|domain)'|\bstage: '[a-z]/g];
    words.push(new RegExp(`\\b(?:${names.join('|')})\\b`, 'g'));
    const code = (path: string) => read(path).replaceAll(/\/\*.*?\*\/|\/\/ .*?$/gms, '');
    const isTest = (path: string) => path.endsWith('.test.ts') || path.startsWith('local/testing/');

    const knowing = files
      .filter((path) => /^local\/.*\.(ts|mjs|py|sql)$/.test(path) && !isTest(path))
      .flatMap((path) => words.flatMap((word) => [...code(path).matchAll(word)].map(([name]) => `${path}: ${name}`)));

    expect(names).toContain('BiSecretArn');
    expect(knowing).toEqual([]);
  });

  test('what rooms share is written in domain alone: folders, indexes, codes, columns of landing', () => {
    const shared =
      /'(?:raw|rejected|firehose|bulk|import|curated|aws\/lambda)\/['\w]|'(?:Throttled|StreamUnavailable|byDate|byCountry)'|lineid, ?invoiceno/;
    const rooms = /^(resolvers|warehouse|ingest|infra|sdk|console|demo)\//;
    const code = (path: string) => read(path).replaceAll(/\/\*.*?\*\/|\/\/ .*?$/gms, '');

    const copies = sources.filter((path) => rooms.test(path) && shared.test(code(path)));

    expect(copies).toEqual([]);
  });

  test('every service of local has a page that says what it supports', () => {
    const services = readdirSync(join(root, 'local/services'));

    expect(services.filter((service) => !existsSync(join(root, 'local/services', service, 'README.md')))).toEqual([]);
  });

  test('no file has more than 400 lines without a reason', () => {
    /** Why a file is still one room. */
    const reasons: Record<string, string> = {
      'local/services/appsync/data-sources/dynamodb.test.ts':
        'every operation of one data source on the wire, over one fake table',
      'local/services/lambda/event-source/mapping.test.ts': 'all that a mapping promises, case by case, over one fixture',
      'local/services/redshift/copy.test.ts': 'every option of COPY and UNLOAD, over one PostgreSQL',
    };

    const long = sources.filter((path) => read(path).split('\n').length - 1 > 400);

    expect(long.filter((path) => !(path in reasons))).toEqual([]);
    expect(Object.keys(reasons).filter((path) => !long.includes(path))).toEqual([]);
  });

  const pages = [...readdirSync(root), ...files].filter((path) => path.endsWith('.md'));

  test.each(pages)('every command and link of %s leads somewhere', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const text = read(page);

    const commands = [...text.matchAll(/\bnpm run (?:-{1,2}[\w-]+ )*([\w:-]+)/g)].map(([, name = '']) => name);
    const links = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link = '']) =>
      relative('.', join(dirname(page), link)),
    );

    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
    expect(links.filter((link) => statSync(join(root, link), { throwIfNoEntry: false }) === undefined)).toEqual([]);
  });
});
