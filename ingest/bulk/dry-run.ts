import { dateText } from '../replay/progress.ts';
import { replay } from '../replay/replay.ts';
import type { FileLayout } from '../replay/layout.ts';
import { parsedRowsTable } from '../replay/parsed-rows.ts';
import type { BulkFile } from './bulk-files.ts';
import { tableOf } from './report.ts';

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Read and check files by the rules of the job, which are those of the replay, and send nothing. @returns rows rejected */
export async function dryRun(
  files: readonly BulkFile[],
  layout: FileLayout,
  signal: AbortSignal,
  ports: { readonly print: (text: string) => void; readonly onNote: (text: string) => void },
): Promise<number> {
  let rejected = 0;
  for (const { path, key } of files) {
    const report = await replay({ file: path, layout, signal, onNote: ports.onNote });
    ports.print(`${path} would be ${key}\n`);
    ports.print(parsedRowsTable(report.understood));
    ports.print(
      tableOf([
        ['rows read', grouped.format(report.rowsRead)],
        ['rows rejected', grouped.format(report.rejected)],
        ['lines accepted', grouped.format(report.accepted)],
        ['first date', dateText(report.firstDate)],
        ['last date', dateText(report.lastDate)],
        ['money, GBP', report.money],
      ]),
    );
    for (const { row, reason } of report.rejectedExamples) ports.print(`row ${String(row)}: ${reason}\n`);
    rejected += report.rejected;
  }
  return rejected;
}
