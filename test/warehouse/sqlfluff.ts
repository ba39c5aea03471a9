import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { judgePlace, LINT_SQL_HELP } from '../support/judge-options.ts';
import { catalogue } from './catalogue.ts';

const root = join(import.meta.dirname, '..', '..');

/** What both programs say of all SQL. @returns the exit code */
function judge(program: string): number {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-sql-'));
  const statements = catalogue();
  statements.forEach(({ name, sql }, place) => {
    writeFileSync(join(directory, `${String(place).padStart(3, '0')}-${name}.sql`), `${sql};\n`);
  });

  const words = ['lint', '--processes', '0', '--config', join(root, '.sqlfluff'), 'warehouse', directory];
  const { error, status } = spawnSync(program, words, { cwd: root, stdio: 'inherit' });
  const python = program.includes('/') ? join(dirname(program), 'python') : 'python3';
  const sqlglot = spawnSync(python, [join(import.meta.dirname, 'sqlglot_judge.py'), join(root, 'warehouse'), directory], {
    stdio: 'inherit',
  });
  rmSync(directory, { recursive: true });
  if (sqlglot.error !== undefined) console.error(`put python beside sqlfluff: ${sqlglot.error.message}`);
  if (error !== undefined) console.error(`give the path of sqlfluff (pip install sqlfluff==4.5.0): ${error.message}`);
  else if (status === 0)
    console.log(`sqlfluff reads all files of warehouse/ and ${String(statements.length)} statements of the API`);
  return Math.max(status ?? 2, sqlglot.status ?? 2);
}

try {
  const options = judgePlace(process.argv.slice(2));
  if (options === undefined) process.stdout.write(LINT_SQL_HELP);
  else process.exitCode = judge(options.place ?? 'sqlfluff');
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = exitCodeOf(error);
}
