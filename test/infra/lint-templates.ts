// npm run templates [-- directory of cfn-lint and python]: whether cfn-lint and parliament have anything against the templates of every
// stage, in four regions. Needs Python: pip install cfn-lint==1.51.0 parliament==1.6.4

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tillgraph } from '../../infra/app.ts';
import { stages } from '../../infra/stages.ts';

const regions = ['us-east-1', 'us-west-1', 'eu-central-1', 'cn-north-1'];
/** The CDK writes a dependency on a role beside the reference to it: true, only said twice. */
const IGNORED = ['W3005'];

const place = process.argv[2];
const program = (name: string) => (place === undefined ? name : join(place, name));
const directory = mkdtempSync(join(tmpdir(), 'tillgraph-templates-'));

/** The templates of all stages in a region, with all that can be switched on. */
function templatesIn(region: string): readonly string[] {
  process.env['CDK_DEFAULT_REGION'] = region;
  return stages.map(({ name }) => {
    const outdir = join(directory, region, name);
    const context = { stage: name, warehouseCrawler: true };
    const app = tillgraph({ outdir, context, builtinCloudFormationValidation: false });
    return app.synth().getStackByName(`Tillgraph-${name}`).templateFullPath;
  });
}

function run(name: string, ...arguments_: readonly string[]): void {
  const { error, status } = spawnSync(program(name), arguments_, { stdio: 'inherit' });
  if (error !== undefined)
    console.error(`give the directory of ${name} (pip install cfn-lint==1.51.0 parliament==1.6.4): ${error.message}`);
  if (status !== 0) process.exitCode = 1;
}

for (const region of regions) {
  const templates = templatesIn(region);
  run('cfn-lint', '--regions', region, '--ignore-checks', ...IGNORED, '--', ...templates);
  // Of policies, another region says the same.
  if (region === 'us-east-1') run('python', join(import.meta.dirname, 'iam_policies.py'), ...templates);
}
rmSync(directory, { recursive: true });
if (process.exitCode === undefined)
  console.log(`cfn-lint has nothing against ${String(stages.length)} stages in ${regions.join(', ')}`);
