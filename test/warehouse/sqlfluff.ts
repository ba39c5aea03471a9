// npm run sql [-- path of sqlfluff]: whether sqlfluff, which knows Redshift's grammar, can read all SQL there is. Needs Python:
// pip install sqlfluff==4.5.0

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
rmSync(directory, { recursive: true });
if (error !== undefined) console.error(`give the path of sqlfluff (pip install sqlfluff==4.5.0): ${error.message}`);
else if (status === 0)
  console.log(`sqlfluff reads all files of warehouse/ and ${String(statements.length)} statements of the API`);
process.exitCode = status ?? 2;
