import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tillgraph } from '../../infra/app.ts';
import { stages } from '../../infra/stages.ts';
import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { judgePlace, TEMPLATES_HELP } from '../support/judge-options.ts';

const regions = ['us-east-1', 'us-west-1', 'eu-central-1', 'cn-north-1'];
/** The CDK writes a dependency on a role beside the reference to it: true, only said twice. */
const IGNORED = ['W3005'];

/** The templates of all stages in a region, with all that can be switched on. */
function templatesIn(region: string, directory: string): readonly string[] {
  process.env['CDK_DEFAULT_REGION'] = region;
  return stages.map(({ name }) => {
    const outdir = join(directory, region, name);
    const context = { stage: name, warehouseCrawler: true };
    const app = tillgraph({ outdir, context, builtinCloudFormationValidation: false });
    return app.synth().getStackByName(`Tillgraph-${name}`).templateFullPath;
  });
}

/** @returns whether the program runs and has nothing to say */
function isContent(program: string, ...words: readonly string[]): boolean {
  const { error, status } = spawnSync(program, words, { stdio: 'inherit' });
  if (error !== undefined)
    console.error(`give the directory of ${program} (pip install cfn-lint==1.51.0 parliament==1.6.4): ${error.message}`);
  return status === 0;
}

/** What both programs say of all templates. @returns the exit code */
function judge(place: string | undefined): number {
  const program = (name: string) => (place === undefined ? name : join(place, name));
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-templates-'));
  const answers = regions.flatMap((region) => {
    const templates = templatesIn(region, directory);
    const lint = isContent(program('cfn-lint'), '--regions', region, '--ignore-checks', ...IGNORED, '--', ...templates);
    // Of policies, another region says the same.
    if (region !== 'us-east-1') return [lint];
    return [lint, isContent(program('python'), join(import.meta.dirname, 'iam_policies.py'), ...templates)];
  });
  rmSync(directory, { recursive: true });
  if (answers.includes(false)) return 1;
  console.log(`cfn-lint has nothing against ${String(stages.length)} stages in ${regions.join(', ')}`);
  return 0;
}

try {
  const options = judgePlace(process.argv.slice(2));
  if (options === undefined) process.stdout.write(TEMPLATES_HELP);
  else process.exitCode = judge(options.place);
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = exitCodeOf(error);
}
