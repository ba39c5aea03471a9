import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { apiOnStores } from './api-on-stores.ts';
import { apiWithoutStores } from './api-without-stores.ts';
import { bulkImport, importTenTimes } from './bulk-import.ts';
import { plainTable, type Finding } from './finding.ts';
import * as findings from './findings.ts';
import { bulkImportFindings, importTenTimesFindings, noSparkFindings } from './import-findings.ts';
import { machineDescription } from './machine.ts';
import { BENCH_HELP, benchOptions, type BenchOptions, type BenchmarkName } from './options.ts';
import { benchmarksPage } from './page.ts';
import { withReplayedRows, type ReplayRate } from './replay-rate.ts';
import { firstRows, rowsFile, type RowsFile } from './rows.ts';
import { sparkIsMissing } from './spark.ts';
import { startTime } from './start-time.ts';
import { tenTimes } from './ten-times.ts';
import { usualUnits } from './usual-units.ts';
import { usualWay } from './usual-way.ts';
import { measureWarehouse } from './warehouse.ts';
import { writeUnits, type WriteUnits } from './write-units.ts';

// The SDK says at each start that a later Node will be needed; that is no news here.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const PAGE = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');

/** Rows that the usual way is measured on; it takes a while for each. */
const USUAL_ROWS = 3_000;
/** Rows that suffice for measuring the API on the stores, if nothing else is measured. */
const API_ROWS = 20_000;

const print = (text: string) => process.stderr.write(text);

/** In the order of the table; what is measured is printed at once. */
async function measure(
  directory: string,
  { wanted, rows, seconds, csv, how: isHowTold }: BenchOptions,
): Promise<{ found: Finding[]; source: string }> {
  const file = await rowsFile(directory, csv, rows);
  print(`rows: ${file.name}${rows === undefined ? '' : `, the first ${String(rows)}`}\n`);
  const found: Finding[] = [];
  const addFindings = (more: readonly Finding[]) => {
    found.push(...more);
    const at = `${(performance.now() / 1000).toFixed(0)} s`.padStart(6);
    for (const { what, measured, how, bound = '' } of more)
      print(`${at}  ${what}: ${measured}\n${isHowTold ? `        ${how}\n        ${bound}\n` : ''}`);
  };
  const rate = await measureOnLoadedStack({ directory, wanted, file, rows, seconds }, addFindings);
  if (wanted.has('usual') && rate !== undefined)
    addFindings(findings.usualWayFindings(await usualWay(directory, file, Math.min(USUAL_ROWS, rows ?? USUAL_ROWS)), rate));
  if (wanted.has('import') || wanted.has('import-ten'))
    await measureImports({ directory, wanted, file, rows, streamed: rate }, addFindings);
  let counts: WriteUnits | undefined;
  if (wanted.has('writes') || wanted.has('price')) {
    counts = await writeUnits(file.path, 1_000, rows);
    addFindings(findings.writeUnitFindings(counts, 1_000));
    addFindings(findings.writeUnitFindings(await writeUnits(file.path, 100, rows), 100));
  }
  if (wanted.has('price') && counts !== undefined) addFindings(findings.priceFindings(counts, await usualUnits(file, rows)));
  if (wanted.has('pure')) addFindings(findings.apiWithoutStoresFindings(await apiWithoutStores(seconds)));
  if (wanted.has('start')) addFindings(findings.startFindings(await startTime(directory)));
  if (wanted.has('ten')) addFindings(findings.tenTimesFindings(await tenTimes(directory, rows)));
  return { found, source: file.name };
}

/** What is measured, and with which rows. */
interface RunOptions {
  readonly directory: string;
  readonly wanted: ReadonlySet<BenchmarkName>;
  readonly file: RowsFile;
  readonly rows: number | undefined;
}

/** @param streamed - what the same rows took through the API, if that was measured */
async function measureImports(
  { directory, wanted, file, rows, streamed }: RunOptions & { readonly streamed: ReplayRate | undefined },
  addFindings: (findings: readonly Finding[]) => void,
): Promise<void> {
  const missing = await sparkIsMissing((line) => print(`${line}\n`));
  if (missing !== undefined) {
    addFindings(noSparkFindings(missing));
    return;
  }
  if (wanted.has('import'))
    addFindings(bulkImportFindings(await bulkImport(directory, await firstRows(directory, file, rows)), streamed));
  if (wanted.has('import-ten')) addFindings(importTenTimesFindings(await importTenTimes(directory, rows)));
}

/** What needs a stack with rows in it: they are sent once for all of that. */
async function measureOnLoadedStack(
  { directory, wanted, file, rows, seconds }: RunOptions & { readonly seconds: number },
  addFindings: (findings: readonly Finding[]) => void,
): Promise<ReplayRate | undefined> {
  const needsAll = (['replay', 'usual', 'warehouse'] as const).some((name) => wanted.has(name));
  if (!needsAll && !wanted.has('api')) return undefined;
  const sent = needsAll ? rows : Math.min(API_ROWS, rows ?? API_ROWS);
  return withReplayedRows(directory, file, sent, async (rate, stack) => {
    if (needsAll) addFindings(findings.replayFindings(rate));
    if (wanted.has('api')) addFindings(findings.apiOnStoresFindings(await apiOnStores(stack, seconds), rate.rows));
    if (wanted.has('warehouse'))
      await measureWarehouse(stack, { directory, file, rows: sent, loaded: rate.rows, seconds }, addFindings);
    return rate;
  });
}

/** The command line names a file that is not there. */
class NoRowsFileError extends Error {
  override readonly name = 'NoRowsFileError';
  readonly code = 'NO_ROWS_FILE';
}

async function run(options: BenchOptions): Promise<void> {
  const { csv } = options;
  if (csv !== undefined && statSync(csv, { throwIfNoEntry: false })?.isFile() !== true)
    throw new NoRowsFileError(`--csv ${csv}: name a file that is there`);
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-bench-'));
  process.once('exit', () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  const { found, source } = await measure(directory, options);
  process.stdout.write(`\n${machineDescription()}\n\n${plainTable(found)}`);
  if (!options.write) return;
  await writeFile(PAGE, await benchmarksPage(found, source));
  process.stdout.write(`\nwritten to ${PAGE}\n`);
}

try {
  const options = benchOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(BENCH_HELP);
  else await run(options);
} catch (error) {
  process.stderr.write(`${errorLine(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
