import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { claims } from './claims.ts';
import { confirmCommand } from './command.ts';
import { openApi } from './api/place.ts';
import { confirmedPage } from './confirmed-page.ts';
import { Journal } from './journal.ts';
import type { Template } from './offline/place.ts';
import { readResults, writeResults } from './results.ts';
import { deployByCdk } from './stage/cdk.ts';
import { openStage } from './stage/place.ts';
import { loaderBatches } from './warehouse/batches.ts';
import { openWarehouse } from './warehouse/place.ts';
import { abortOnSignals } from '../../ingest/replay/stop-signals.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const PAGE = fileURLToPath(new URL('../../docs/confirmed.md', import.meta.url));

const JOURNAL = fileURLToPath(new URL('../../.confirm/journal.jsonl', import.meta.url));

const stop = abortOnSignals(() => {
  process.stderr.write('\nstopping: what was made is removed; once more ends at once\n');
});

/** Ask at the terminal. */
async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question, { signal: stop })).trim());
  } finally {
    terminal.close();
  }
}

/** The template of `prod`, made for this region, and the bundles. */
async function synthesized(region: string) {
  const [{ build, buildDirectory }, { tillgraph }] = await Promise.all([import('../build.ts'), import('../app.ts')]);
  await build();
  process.env['CDK_DEFAULT_REGION'] = region;
  const outdir = await mkdtemp(join(tmpdir(), 'tillgraph-confirm-'));
  try {
    const assembly = tillgraph({ outdir, context: { stage: 'prod' } }).synth();
    return {
      template: assembly.getStackByName('Tillgraph-prod').template as Template,
      bundle: (name: string) => readFileSync(join(buildDirectory, 'resolvers', `${name}.js`), 'utf8'),
    };
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

const wait = (milliseconds: number) => pause(milliseconds);

/** The SQL files of a folder. */
function sqlFilesOf(name: string) {
  const folder = new URL(`../../warehouse/${name}/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}

/** The API as the stack makes it. */
async function deployed(region: string) {
  const [{ template, bundle }, { resolvers }] = await Promise.all([synthesized(region), import('../build.ts')]);
  const api = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::AppSync::GraphQLApi');
  return {
    bundle,
    bundles: resolvers,
    schema: readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'),
    depth: Number(api?.Properties?.['QueryDepthLimit'] ?? 0),
  };
}

// Loaded when something is asked of AWS: the clients take a while.
const clients = () => import('./sdk.ts');

process.exitCode = await confirmCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text) => process.stderr.write(text),
  },
  ...(process.stdin.isTTY ? { ask } : {}),
  interrupt: stop,
  now: () => new Date(),
  wait,
  region: async () => (await clients()).configuredRegion(),
  aws: (region) => async (name, input) => (await clients()).awsOf(region)(name, input),
  places: {
    offline: async ({ aws, region, progress }) => ({ aws, region, progress, ...(await synthesized(region)) }),
    warehouse: async ({ aws, journal, made }) =>
      openWarehouse({
        aws,
        journal,
        made,
        migrations: sqlFilesOf('migrations'),
        batches: loaderBatches(sqlFilesOf),
        now: Date.now,
        wait,
      }),
    stage: async (given) => openStage({ ...given, deploy: deployByCdk(stop), now: Date.now, wait }),
    api: async ({ region, ...given }) => openApi({ ...given, ...(await deployed(region)), wait }),
  },
  journal: new Journal(JOURNAL),
  newRun: () => randomBytes(6).toString('hex'),
  results: {
    read: () => readResults(),
    write(results) {
      // What answers there is not AWS, whatever it says.
      if (process.env['AWS_ENDPOINT_URL'] !== undefined) return;
      writeResults(
        results,
        claims.map(({ id }) => id),
      );
      writeFileSync(PAGE, confirmedPage(claims, results));
    },
  },
});
