import { join, resolve } from 'node:path';
import type { Outputs } from './outputs.ts';
import type { StartOptions } from './start-options.ts';

/** What the start says last: the one address to open, what to type next, and where the rest is; all of it when that is asked for. */
export function startScreen(outputs: Outputs, { data, timeFactor, verbose }: StartOptions, milliseconds: number): string {
  const { graphqlUrl, warehouseUrl } = outputs;
  const place = data === '.local' ? '' : ` --data ${data}`;
  const steps: readonly (readonly [string, string])[] = [
    ...(graphqlUrl === undefined
      ? []
      : ([
          ['send a CSV file', `npm run replay -- FILE${place}`],
          ['ask by GraphQL', `npm run query --${place === '' ? ' --help' : place}`],
        ] as const)),
    ...(warehouseUrl === undefined ? [] : ([['ask by SQL', `npm run sql --${place === '' ? ' --help' : place}`]] as const)),
  ];
  return [
    '',
    ...(graphqlUrl === undefined ? [] : [`  Open ${graphqlUrl.replace(/graphql$/, '')} (GraphiQL), or in another terminal:`, '']),
    ...table(steps),
    ...(steps.length === 0 ? [] : ['']),
    ...(verbose ? [...table(addressLines(outputs, data, timeFactor)), ''] : []),
    `  Keys and all addresses: ${join(data, 'outputs.json')}${verbose ? '' : ' (--verbose shows them)'}`,
    `  Ready in ${(milliseconds / 1000).toFixed(1)} s; Ctrl-C ends it`,
    '',
  ].join('\n');
}

function addressLines(outputs: Outputs, data: string, timeFactor: number): readonly (readonly [string, string])[] {
  const { graphqlUrl, restUrl, apiKey, warehouseUrl, endpoints } = outputs;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['GraphQL', graphqlUrl],
    ['API key', apiKey],
    ['HTTP API', restUrl],
    ['warehouse', warehouseUrl?.replace(/:[^:@/]*@/, ':…@')],
    ...Object.entries(endpoints),
    ['alarms', endpoints['monitoring'] === undefined ? undefined : `${endpoints['monitoring']}/_alarms`],
    ['data', resolve(data)],
    ['waits', timeFactor === 1 ? 'as declared' : `declared ones divided by ${String(timeFactor)}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `    ${name.padEnd(width)}  ${value}`);
}
