import { join } from 'node:path';
import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { tillgraph } from './app.ts';
import { build } from './build.ts';
import { SYNTH_HELP, synthOptions } from './options.ts';

try {
  const options = synthOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(SYNTH_HELP);
  else {
    await build();
    const outdir = join(import.meta.dirname, '..', 'cdk.out');
    tillgraph({ autoSynth: false, outdir, context: options.context }).synth();
  }
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = exitCodeOf(error);
}
