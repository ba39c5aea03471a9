import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
} from 'graphql';
import type { Api } from './api.ts';

const require = createRequire(import.meta.url);
const packageFile = (packageName: string, file: string) =>
  path.join(path.dirname(require.resolve(`${packageName}/package.json`)), file);

/** All that the page loads; everything lies on this machine, so it works without a network. */
const ASSETS: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/graphiql/react.js': { file: packageFile('react', 'umd/react.production.min.js'), type: 'text/javascript' },
  '/graphiql/react-dom.js': { file: packageFile('react-dom', 'umd/react-dom.production.min.js'), type: 'text/javascript' },
  '/graphiql/graphiql.js': { file: packageFile('graphiql', 'graphiql.min.js'), type: 'text/javascript' },
  '/graphiql/graphiql.css': { file: packageFile('graphiql', 'graphiql.min.css'), type: 'text/css' },
};

/** How deep the first query goes. */
const DEPTH = 3;

/** The page at `/` from which a person asks the API. */
export class Graphiql {
  private readonly page: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ definition, schema }: Api) {
    const now = Date.now() / 1000;
    const takesKeys = [definition.defaultAuthentication, ...definition.additionalAuthentication].includes('API_KEY');
    const key = takesKeys ? definition.apiKeys.find(({ expiresAt }) => expiresAt === undefined || expiresAt > now) : undefined;
    const query = firstQuery(schema.graphql.getQueryType());
    const headers = key === undefined ? '{}' : JSON.stringify({ 'x-api-key': key.value }, null, 2);
    const script = startScript(query, headers);
    this.page = page(definition.name, script);
    this.headers = { ...PAGE_HEADERS, 'content-security-policy': contentPolicy(script) };
  }

  /** @returns whether the request was for this page */
  serve({ method, url = '/' }: http.IncomingMessage, response: http.ServerResponse): boolean {
    if (method !== 'GET') return false;
    const [address = '/'] = url.split('?');
    if (address === '/') {
      response.writeHead(200, { ...this.headers, 'content-type': 'text/html; charset=utf-8' }).end(this.page);
      return true;
    }
    const asset = ASSETS[address];
    if (asset === undefined) return false;
    void readFile(asset.file).then(
      (content) =>
        response
          .writeHead(200, { ...PAGE_HEADERS, 'content-type': `${asset.type}; charset=utf-8`, 'cache-control': 'max-age=3600' })
          .end(content),
      (error: unknown) =>
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`${asset.file} cannot be read: ${String(error)}`),
    );
    return true;
  }
}

/** The page shows a key: no other page may frame it or read what it loads. */
const PAGE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** The page runs its own scripts and asks its own API, and nothing else. GraphiQL writes styles into the page. */
function contentPolicy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Text for a script of the page: no tag can end it early. */
const literal = (text: string) => JSON.stringify(text).replaceAll('<', '\\u003c');

function startScript(query: string, headers: string): string {
  return `
const headers = ${literal(headers)};
// The schema is asked for before any tab has headers of its own.
const ask = GraphiQL.createFetcher({ url: '/graphql', headers: JSON.parse(headers) });
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: ask,
    defaultQuery: ${literal(query)},
    headers,
    defaultHeaders: headers,
    defaultEditorToolsVisibility: 'headers',
  }),
);
`;
}

function page(title: string, script: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped} · GraphiQL</title>
<link rel="stylesheet" href="/graphiql/graphiql.css">
<style>html, body, #graphiql { height: 100%; margin: 0; }</style>
</head>
<body>
<div id="graphiql">Loading…</div>
<script src="/graphiql/react.js"></script>
<script src="/graphiql/react-dom.js"></script>
<script src="/graphiql/graphiql.js"></script>
<script>${script}</script>
</body>
</html>
`;
}

/**
 * A query to begin with, with the examples that the schema's descriptions give: of the first field that asks for nothing by its id, because
 * the one thing of an example is seldom among the data that is there.
 */
function firstQuery(type: GraphQLObjectType | null | undefined): string {
  const fields = Object.values(type?.getFields() ?? {});
  const first = fields.find(({ args }) => !args.some(({ type }) => String(type) === 'ID!')) ?? fields[0];
  if (first === undefined) return '';
  const others = fields.map(({ name }) => name).join(', ');
  return [
    `# Ask the API. It has the fields ${others}.`,
    '# Run: Ctrl-Enter. All fields here: Ctrl-Space.',
    '# A stack that nobody has sent anything to answers with empty lists and null: "npm run replay -- FILE" sends a CSV file.',
    '',
    `{\n${fieldText(first, 1)}\n}\n`,
  ].join('\n');
}

function fieldText({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
  const indent = '  '.repeat(depth);
  const needed = args.filter((argument) => depth === 1 || (isNonNullType(argument.type) && argument.defaultValue === undefined));
  const given = needed.flatMap((argument) => argumentText(argument) ?? []);
  const head = `${indent}${name}${given.length === 0 ? '' : `(${given.join(', ')})`}`;
  const named = getNamedType(type);
  if (!isObjectType(named)) return head;
  const below = Object.values(named.getFields()).filter(
    (field) => isLeafType(getNamedType(field.type)) || (depth < DEPTH && !isObjectField(field)),
  );
  return `${head} {\n${below.map((field) => fieldText(field, depth + 1)).join('\n')}\n${indent}}`;
}

/** Whether a field is a single object, most often the way back to where the query came from. */
function isObjectField({ type, args }: GraphQLField<unknown, unknown>): boolean {
  const inner = isNonNullType(type) ? type.ofType : type;
  return isObjectType(inner) && args.length === 0;
}

/** An argument with the example that its description gives as `such as "…"`; one that is neither needed nor exemplified is left out. */
function argumentText({ name, type, description }: GraphQLArgument): string | undefined {
  const [, example] = /such as ("(?:[^"\\]|\\.)*"|\d+)/i.exec(description ?? '') ?? [];
  if (example !== undefined) return `${name}: ${example}`;
  return isNonNullType(type) ? `${name}: ${placeholder(type.ofType)}` : undefined;
}

function placeholder(type: GraphQLInputType): string {
  if (isListType(type)) return '[]';
  const { name } = getNamedType(type);
  const placeholders: Readonly<Record<string, string>> = { Int: '1', Float: '1', Boolean: 'true', AWSDate: '"2011-01-01"' };
  return placeholders[name] ?? '""';
}
