import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { consumersCaughtUp, errorLine, exitCodeOf, StackFailedError } from '@tillgraph/local-aws';
import { connect, connectionFrom } from '../sdk/index.ts';
import { localStores } from '../ingest/arrival/local-stores.ts';
import { isPutAside, reportArrival } from '../ingest/arrival/arrival-report.ts';
import { printReport } from '../ingest/replay/command.ts';
import { sendThrough } from '../ingest/replay/destination.ts';
import { writeGeneratedCsv } from '../ingest/replay/generator.ts';
import { ProgressDisplay } from '../ingest/replay/progress.ts';
import { replay } from '../ingest/replay/replay.ts';
import { processScreen } from '../ingest/replay/status-line.ts';
import { systemClock } from '../ingest/replay/system-clock.ts';
import { printExamples } from './examples.ts';
import { takeInventory } from './inventory.ts';
import { startShop, type LocalOutputs } from './local-stack.ts';
import { DEFAULT_DATA, DEMO_HELP, demoOptions } from './options.ts';
import type { DemoOptions } from './options.ts';
import { showSales } from './sales.ts';
import { compareStores } from './tables.ts';
import { hasWarehouse, WarehouseReader } from './warehouse.ts';

// The demo's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const print = (text: string) => process.stdout.write(text);

async function run(options: DemoOptions): Promise<number> {
  const stop = new AbortController();
  const data = resolve(options.data);
  mkdirSync(join(data, '..'), { recursive: true });
  print('Starting the pipeline from the synthesized template\n');
  const display = new ProgressDisplay(processScreen, () => performance.now());
  // What the stack says meanwhile stands above the progress, never in it.
  let isSending = false;
  const say = (elsewhere: (text: string) => unknown) => (line: string) => {
    if (isSending) display.note(line);
    else elsewhere(`${line}\n`);
  };
  const flags = ['--fresh', '--port', options.port];
  const stack = await startShop(
    data,
    flags,
    say(print),
    say((text) => process.stderr.write(text)),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort(new Error(signal));
      void stack.stop();
    });
  try {
    isSending = true;
    const shown = await show(data, stack.outputs, options, { display, signal: stop.signal }).finally(() => {
      isSending = false;
    });
    if (shown === 'stopped') return 130;
    if (shown === 'incomplete' || options.once) return shown === 'all' ? 0 : 2;
    print(`\n${nextSteps(stack.outputs, options.data)}`);
    await stack.ended;
    return shown === 'all' ? 0 : 2;
  } catch (cause) {
    if (stop.signal.aborted) return 130;
    throw cause;
  } finally {
    await stack.stop();
  }
}

/** What somebody may do now that there is something to see. */
function nextSteps(outputs: LocalOutputs, data: string): string {
  const place = data === DEFAULT_DATA ? '' : ` --data ${data}`;
  return `Serving until Ctrl-C. Open ${outputs.graphqlUrl.replace(/graphql$/, '')} (GraphiQL), or in another terminal:

  npm run -s query --${place} '{ customers(country: "France") { items { customerId revenue } } }'
  npm run -s sql --${place} "SELECT * FROM bi.sales_by_month_and_country LIMIT 5"
`;
}

async function show(
  data: string,
  outputs: LocalOutputs,
  { csv, rows }: DemoOptions,
  { display, signal }: { readonly display: ProgressDisplay; readonly signal: AbortSignal },
): Promise<'all' | 'rejected' | 'incomplete' | 'stopped'> {
  const file = csv ?? join(data, 'made-up.csv');
  if (csv === undefined) await writeGeneratedCsv(file, { rows });
  print(`\nSending ${file} through the API\n`);
  const stores = localStores(outputs);
  const started = performance.now();
  const client = connect(connectionFrom(join(data, 'outputs.json')));
  const report = await replay({
    file,
    rows,
    destination: sendThrough(client, `the demo on ${data}`),
    rejects: join(data, 'rejected.csv'),
    begin: () => stores.begin(),
    signal,
    onProgress: (progress) => {
      display.update(progress);
    },
    onNote: (note) => {
      display.note(note);
    },
  });
  display.end();
  printReport(report, [file, '--data', data], print);
  if (report.outcome === 'stopped') return 'stopped';
  const warehouse = hasWarehouse(outputs) ? new WarehouseReader(outputs) : undefined;
  await Promise.all([consumersCaughtUp(outputs), warehouse?.caughtUp()]);
  const seconds = (performance.now() - started) / 1000;
  print(`\nEvery store has caught up ${seconds.toFixed(1)} s after the first row; counting what landed, line by line\n\n`);
  const sent = { lines: report.accepted, units: report.units, mills: report.mills };
  const { table, complete } = compareStores(sent, await takeInventory(outputs), await warehouse?.count());
  print(table);
  if (!complete) {
    const ports = { print, screen: processScreen, clock: systemClock, interrupt: signal };
    const arrival = await reportArrival({ stores }, report, 0, ports);
    if (arrival === undefined || !isPutAside(arrival))
      print('\nA store differs from what was sent: this is a fault, please report it\n');
  }
  stores.close();
  await printExamples(outputs, print);
  if (warehouse !== undefined) {
    await warehouse.caughtUp(true);
    await showSales(outputs, print);
    warehouse.close();
  }
  client.close();
  if (!complete) return 'incomplete';
  return report.rejected > 0 ? 'rejected' : 'all';
}

try {
  const options = await demoOptions(process.argv.slice(2));
  if (options === undefined) print(DEMO_HELP);
  else process.exitCode = await run(options);
} catch (error) {
  // The stack itself has said why it did not come up.
  if (!(error instanceof StackFailedError)) process.stderr.write(`${errorLine(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
