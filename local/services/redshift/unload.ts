import { gzipSync } from 'node:zlib';
import type { ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { StatementError } from './errors.ts';
import { quoteText } from './names.ts';
import type { WarehouseObjects } from './objects.ts';
import type { UnloadCommand } from './unload-command.ts';

/**
 * Write the answer of a query as one object, and a manifest when it is asked for.
 *
 * @param query - in PostgreSQL's dialect
 * @returns how many rows it has
 * @throws StatementError when there are objects already
 */
export async function unload(
  command: UnloadCommand,
  query: string,
  client: ClientBase,
  objects: WarehouseObjects,
): Promise<number> {
  const { bucket, key: prefix } = command.to;
  if (!command.mayOverwrite && (await objects.list(bucket, prefix)).length > 0)
    throw new StatementError(
      'XX000',
      'Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target ' +
        'files in S3, or using the ALLOWOVERWRITE option.',
    );
  const { body, rows } = await unloadOutcome(command, query, client);
  const extension = command.isGzip ? '.gz' : '';
  const key = `${prefix}${command.isParallel ? '0000_part_00' : '000'}${extension}`;
  await objects.write(bucket, key, command.isGzip ? gzipSync(body) : body);
  if (command.hasManifest) {
    const manifest = JSON.stringify({ entries: [{ url: `s3://${bucket}/${key}` }] });
    await objects.write(bucket, `${prefix}manifest`, Buffer.from(manifest));
  }
  return rows;
}

async function unloadOutcome(command: UnloadCommand, query: string, client: ClientBase): Promise<{ body: Buffer; rows: number }> {
  const source = client.query(copyTo(copyStatement(command, query)));
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece as Buffer);
  return { body: Buffer.concat(pieces), rows: source.rowCount };
}

function copyStatement({ format, delimiter, nullAs, hasHeader }: UnloadCommand, query: string): string {
  const inner = query.trim().replace(/;$/, '');
  // No JSON text holds these characters, so none of it is quoted or escaped.
  if (format === 'json')
    return `COPY (SELECT row_to_json(answer) FROM (${inner}\n) AS answer) TO STDOUT WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')`;
  return (
    `COPY (${inner}\n) TO STDOUT WITH ` +
    `(FORMAT csv, HEADER ${String(hasHeader)}, DELIMITER ${quoteText(delimiter)}, NULL ${quoteText(nullAs)})`
  );
}
