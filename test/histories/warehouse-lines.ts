import type { TransactionLine } from '../../domain/transaction-line.ts';
import { latestVersions } from './model.ts';

/** Rows of a question to the warehouse, each value a text. */
export type Ask = (sql: string) => Promise<(string | null)[][]>;

const FACTS = `invoice_no || ' ' || line_id, stock_code, COALESCE(description, ''), quantity,
  TO_CHAR(invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), unit_price, amount, COALESCE(customer_id, ''), country, sent_at`;

/** Rows that are asked for at a time: an answer of the Data API has an end. */
const PAGE = 500;

/** Every line that the warehouse holds. */
export async function heldLines(ask: Ask): Promise<{ lines: Record<string, string> }> {
  const lines: Record<string, string> = {};
  for (let offset = 0; ; offset += PAGE) {
    const rows = await ask(
      `SELECT ${FACTS} FROM mart.sales_line ORDER BY invoice_no, line_id, sent_at LIMIT ${PAGE} OFFSET ${offset}`,
    );
    for (const [key, ...facts] of rows) {
      const text = facts.join('|');
      lines[key!] = Object.hasOwn(lines, key!) ? `${String(lines[key!])} and ${text}` : text;
    }
    if (rows.length < PAGE) return { lines };
  }
}

/** Every line that it must hold. */
export const expectedLines = (accepted: readonly TransactionLine[]): { lines: Record<string, string> } => ({
  lines: Object.fromEntries(
    latestVersions(accepted).map((line) => {
      const amount = pounds(BigInt(line.quantity) * BigInt(line.unitPrice.replace('.', '')));
      const facts = [line.stockCode, line.description ?? '', line.quantity + 0, line.invoiceDate, line.unitPrice, amount];
      return [`${line.invoiceNo} ${line.lineId}`, [...facts, line.customerId ?? '', line.country, line.sentAt].join('|')];
    }),
  ),
});

/** Thousandths of a pound as pounds with three places. */
export function pounds(mills: bigint): string {
  const digits = String(mills < 0n ? -mills : mills).padStart(4, '0');
  return `${mills < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
