import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedshift, type RedshiftSession } from '@tillgraph/local-aws';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { sqlStatements } from '../../ingest/warehouse/sql-statements.ts';
import type { Field, FieldRow, Statement } from '../../warehouse/statements/statement.ts';

/** The local warehouse, loaded by the very SQL that is deployed. */
export interface LoadedWarehouse {
  /** Rows of a statement as the Data API carries them, asked with no more than the API's rights. */
  ask(statement: Statement): Promise<FieldRow[]>;
  /** Load further lines. */
  load(lines: readonly TransactionLine[]): Promise<void>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..', 'warehouse');
const DATABASE = 'tillgraph';
const READER = 'IAMR:reader';

/** The statements of a folder, in the order of its files. */
function statementsOf(folder: string): string[] {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.sql'));
  return files.sort().flatMap((name) => sqlStatements(readFileSync(join(root, folder, name), 'utf8')));
}

/** Start a warehouse of its own for a test file, and load these lines. */
export async function loadedWarehouse(lines: readonly TransactionLine[]): Promise<LoadedWarehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-statements-'));
  const nothing = () => Promise.reject(new Error('there is no S3 here'));
  const objects = { read: nothing, list: nothing, write: nothing };
  const redshift = await startRedshift({ directory, port: 0, adminPassword: 'For-tests-1', objects, log: () => undefined });
  await redshift.ensureDatabase(DATABASE);
  const administrator = await redshift.openSession({ database: DATABASE, user: 'administrator' });
  for (const statement of statementsOf('migrations')) await administrator.run(statement);
  await redshift.ensureUser(READER);
  await administrator.run(`GRANT ROLE api_reader TO "${READER}"`);
  const reader = await redshift.openSession({ database: DATABASE, user: { user: READER } });

  const warehouse: LoadedWarehouse = {
    async ask({ sql, parameters }) {
      const { columns, rows } = await reader.run(sql, Object.fromEntries(parameters.map(({ name, value }) => [name, value])));
      return rows.map((row) => row.map((value, place) => toField(value, columns?.[place]?.typeName ?? '')));
    },
    async load(further) {
      for (let start = 0; start < further.length; start += 500) await land(administrator, further.slice(start, start + 500));
      for (const folder of ['load', 'refresh']) {
        const session = await redshift.openSession({ database: DATABASE, user: 'administrator' });
        await session.run('BEGIN');
        for (const statement of statementsOf(folder)) await session.run(statement);
        await session.run('COMMIT');
        await session.close();
      }
    },
    async close() {
      await redshift.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  if (lines.length > 0) await warehouse.load(lines);
  return warehouse;
}

async function land(session: RedshiftSession, lines: readonly TransactionLine[]): Promise<void> {
  const rows = lines.map((line) => {
    const { lineId, invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, customerId, country, sentAt } = line;
    const values = [lineId, invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, customerId, country, sentAt];
    return `(${values.map(literal).join(', ')})`;
  });
  await session.run(
    `INSERT INTO intake.landing (lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat) VALUES ${rows.join(', ')}`,
  );
}

const literal = (value: string | number | undefined): string =>
  value === undefined ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`;

/** A value as the Data API carries it. @source Redshift Data API reference, Field */
function toField(value: string | null, typeName: string): Field {
  if (value === null) return { isNull: true };
  if (typeName.startsWith('int')) return { longValue: Number(value) };
  if (typeName.startsWith('float')) return { doubleValue: Number(value) };
  if (typeName === 'bool') return { booleanValue: value === 't' };
  return { stringValue: value };
}
