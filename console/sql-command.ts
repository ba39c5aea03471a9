import { createInterface } from 'node:readline/promises';
import pg from 'pg';
import { NoStackError, errorLine, exitCodeOf, readOptions } from '@tillgraph/local-aws';
import { HOW_TO_GET_DATA, isStackGone, runningStack } from './running-stack.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const SQL_HELP = `Asks the warehouse of the running local stack by SQL, as the user bi, who reads the schema bi.

  npm run sql -- [QUERY] [options]

  npm run sql -- "SELECT * FROM bi.sales_by_day ORDER BY day LIMIT 5"
  npm run sql < questions.sql
  npm run sql                     a prompt: end a query with ";", \\d lists tables and columns, \\q leaves

  --data DIR   the local stack that runs on this data directory (default .local, or .local-demo when only the demo runs)
  --help       this text

What is wider than the screen is shown one value a line. "npm run -s sql" leaves out what npm itself says.
psql and everything else that speaks PostgreSQL can use warehouseUrl of DIR/outputs.json.

Exit code: 0 answered, 1 could not run or was refused, 2 a command line that is not understood.
`;

const TABLES = `SELECT table_name AS "table", column_name AS "column", data_type AS "type"
  FROM information_schema.columns WHERE table_schema = 'bi' ORDER BY table_name, ordinal_position`;

/** Whether anything has been loaded at all. */
const ANY_LINE = 'SELECT EXISTS (SELECT 1 FROM bi.fact_sales)';

/** Types of PostgreSQL that are numbers: whole ones, floats, decimals. */
const NUMBERS = new Set([20, 21, 23, 26, 700, 701, 1700]);

/** Run the command. @returns the exit code */
export async function sqlCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let client: pg.Client | undefined;
  try {
    const { values, positionals } = readOptions({
      args: [...args],
      allowPositionals: true,
      options: { data: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) {
      terminal.print(SQL_HELP);
      return 0;
    }
    client = await connect(values.data);
    if (positionals.length > 0) await printQuery(client, positionals.join(' '), terminal);
    else if (terminal.keyboard === undefined) await printQuery(client, (await terminal.piped?.()) ?? '', terminal);
    else await prompt(client, terminal, terminal.keyboard);
    return 0;
  } catch (error) {
    terminal.say(`${errorLine(error)}\n`);
    return exitCodeOf(error);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** @throws NoStackError */
async function connect(data: string | undefined): Promise<pg.Client> {
  const { warehouseUrl } = runningStack(data);
  if (warehouseUrl === undefined) throw new NoStackError('the stack has no warehouse: start it without --context stage=lean');
  const client = new pg.Client({
    connectionString: warehouseUrl,
    // Each value as PostgreSQL writes it: no digit is lost, and no day moves into another time zone.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A connection that is lost is told by the query that is under way, or by the next.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    if (!isStackGone(cause)) throw cause;
    const { host } = new URL(warehouseUrl);
    throw new NoStackError(`nobody answers at ${host}: start the stack again with npm start`, { cause });
  }
  return client;
}

async function printQuery(client: pg.Client, query: string, { print, say, columns }: Terminal): Promise<void> {
  // Of several statements there are as many results.
  const results = [await client.query<string[]>({ text: query, rowMode: 'array' })].flat();
  for (const { command, fields, rows } of results) {
    if (fields.length === 0) {
      print(`${(command as string | null) ?? 'nothing to run'}\n`);
      continue;
    }
    const named = fields.map(({ name, dataTypeID }) => ({ name, isNumber: NUMBERS.has(dataTypeID) }));
    print(formatTable({ columns: named, rows }, columns));
  }
  if (results.every(({ rows }) => rows.length === 0) && (await isEmpty(client))) say(`${HOW_TO_GET_DATA}\n`);
}

async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<[string]>({ text: ANY_LINE, rowMode: 'array' });
  return rows[0]?.[0] === 'f';
}

async function prompt(client: pg.Client, terminal: Terminal, streams: NonNullable<Terminal['keyboard']>): Promise<void> {
  const lines = createInterface(streams);
  let query = '';
  const show = () => {
    lines.setPrompt(query === '' ? 'sql> ' : '...> ');
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    if (query === '' && lines.line === '') lines.close();
    query = '';
    streams.output.write('\n');
    if (!('closed' in lines && lines.closed === true)) show();
  });
  terminal.say('end a query with ";"; \\d lists tables and columns, \\q leaves\n');
  show();
  for await (const line of lines) {
    if (query === '' && /^\s*(\\q|exit|quit)\s*;?\s*$/i.test(line)) break;
    query = query === '' && /^\s*\\d\s*$/.test(line) ? `${TABLES};` : `${query}${line}\n`;
    if (query.trim() === '') query = '';
    if (/;\s*$/.test(query)) {
      await printQuery(client, query, terminal).catch((error: unknown) => {
        if (isStackGone(error)) throw error;
        terminal.say(`${errorLine(error)}\n`);
      });
      query = '';
    }
    show();
  }
  lines.close();
}
