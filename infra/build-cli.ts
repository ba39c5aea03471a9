import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { build } from './build.ts';
import { BUILD_HELP, buildOptions } from './options.ts';

try {
  if (buildOptions(process.argv.slice(2)) === undefined) process.stdout.write(BUILD_HELP);
  else await build();
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = exitCodeOf(error);
}
