// npm run lint:sql [-- path of sqlfluff]: whether sqlfluff and sqlglot, which know Redshift's grammar, can read all SQL there is. Needs Python:
// pip install sqlfluff==4.5.0 sqlglot==30.30.0. The Python that runs sqlglot is the one beside sqlfluff.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { catalogue } from './catalogue.ts';

const root = join(import.meta.dirname, '..', '..');
const directory = mkdtempSync(join(tmpdir(), 'tillgraph-sql-'));
const statements = catalogue();
statements.forEach(({ name, sql }, place) => {
  writeFileSync(join(directory, `${String(place).padStart(3, '0')}-${name}.sql`), `${sql};\n`);
});

const program = process.argv[2] ?? 'sqlfluff';
const { error, status } = spawnSync(
  program,
  ['lint', '--processes', '0', '--config', join(root, '.sqlfluff'), 'warehouse', directory],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
const python = program.includes('/') ? join(dirname(program), 'python') : 'python3';
const judge = spawnSync(python, [join(import.meta.dirname, 'sqlglot_judge.py'), join(root, 'warehouse'), directory], {
  stdio: 'inherit',
});
rmSync(directory, { recursive: true });
if (judge.error !== undefined) console.error(`put python beside sqlfluff: ${judge.error.message}`);
if (error !== undefined) console.error(`give the path of sqlfluff (pip install sqlfluff==4.5.0): ${error.message}`);
else if (status === 0)
  console.log(`sqlfluff reads all files of warehouse/ and ${String(statements.length)} statements of the API`);
process.exitCode = Math.max(status ?? 2, judge.status ?? 2);
