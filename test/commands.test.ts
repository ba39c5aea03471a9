import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { START_HELP, startOptions } from '@tillgraph/local-aws/testing/stack';
import { errorLine, exitCodeOf } from '@tillgraph/local-aws';
import { benchOptions, BENCH_HELP } from '../bench/options.ts';
import { queryCommand } from '../console/query-command.ts';
import { sqlCommand } from '../console/sql-command.ts';
import { demoOptions, DEMO_HELP } from '../demo/options.ts';
import { BUILD_HELP, buildOptions, SYNTH_HELP, synthOptions } from '../infra/options.ts';
import { confirmCommand } from '../infra/confirm/command.ts';
import { importCommand } from '../ingest/bulk/command.ts';
import { rebuildCommand } from '../ingest/bulk/rebuild-command.ts';
import { redriveCommand } from '../ingest/redrive/command.ts';
import { replayCommand } from '../ingest/replay/command.ts';
import { judgePlace, LINT_SQL_HELP, TEMPLATES_HELP } from './support/judge-options.ts';

interface Written {
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
}

/** A command, in this process; the world behind it answers nothing. */
interface Command {
  run(args: readonly string[], written: Written): Promise<number>;
  /** Words without which the command line is not complete. */
  readonly words: readonly string[];
  /** A further word that is too much. */
  readonly tooMuch?: readonly string[];
  /** How a file that is read is named; `FILE` stands for it. */
  readonly file?: readonly string[];
}

/** Ports of a command of which only the command line is looked at; whoever asks for more fails. */
function ports({ print, say }: Written): never {
  const screen = { isTTY: false, columns: 80, write: say };
  const interrupt = new AbortController().signal;
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  return { print, screen, interrupt, clock, now: () => 0 } as never;
}

/** A command whose first step is a function of its own. */
const readBy =
  (help: string, read: (args: readonly string[]) => unknown): Command['run'] =>
  async (args, { print, say }) => {
    try {
      if ((await read(args)) === undefined) print(help);
      return 0;
    } catch (error) {
      say(`${errorLine(error)}\n`);
      return exitCodeOf(error);
    }
  };

const commands: Readonly<Record<string, Command>> = {
  start: { run: readBy(START_HELP, startOptions), words: [], tooMuch: ['extra'] },
  demo: { run: readBy(DEMO_HELP, demoOptions), words: [], tooMuch: ['extra'], file: ['--csv', 'FILE'] },
  bench: { run: readBy(BENCH_HELP, benchOptions), words: [], tooMuch: ['extra'] },
  replay: {
    run: (args, written) => replayCommand(args, ports(written)),
    words: ['rows.csv'],
    tooMuch: ['other.csv'],
    file: ['FILE', '--dry-run'],
  },
  import: {
    run: (args, written) => importCommand(args, ports(written)),
    words: ['rows.csv'],
    file: ['FILE'],
  },
  rebuild: {
    run: (args, written) => rebuildCommand(args, ports(written)),
    words: ['warehouse'],
    tooMuch: ['extra'],
  },
  redrive: { run: (args, written) => redriveCommand(args, ports(written)), words: [], tooMuch: ['extra'] },
  confirm: {
    run: (args, written) => confirmCommand(args, ports(written)),
    words: ['offline'],
    tooMuch: ['extra'],
  },
  build: { run: readBy(BUILD_HELP, buildOptions), words: [], tooMuch: ['extra'] },
  synth: { run: readBy(SYNTH_HELP, synthOptions), words: [], tooMuch: ['extra'] },
  'lint:sql': { run: readBy(LINT_SQL_HELP, judgePlace), words: ['sqlfluff'], tooMuch: ['extra'] },
  templates: { run: readBy(TEMPLATES_HELP, judgePlace), words: ['bin'], tooMuch: ['extra'] },
  sql: { run: (args, { print, say }) => sqlCommand(args, { print, say }), words: ['SELECT 1'] },
  query: { run: (args, { print, say }) => queryCommand(args, { print, say }), words: ['{ a }'] },
};

async function run(name: string, args: readonly string[]) {
  const written = { printed: '', said: '' };
  const code = await commands[name]?.run(args, {
    print: (text) => (written.printed += text),
    say: (text) => (written.said += text),
  });
  return { code, ...written };
}

/** The options that the help of a command tells of, each with whether a value stands behind it. */
async function optionsOf(name: string): Promise<readonly { readonly name: string; readonly takesValue: boolean }[]> {
  const { printed } = await run(name, ['--help']);
  const found = [...printed.matchAll(/^ {2}(--[a-z-]+)( [A-Z][A-Z=]*)?(?= {2})/gm)];
  return found.map(([, option = '', value]) => ({ name: option, takesValue: value !== undefined }));
}

const misspelled = (option: string) => `${option.slice(0, -2)}${option.slice(-1)}${option.slice(-2, -1)}`;

/** One line that says ERROR, and nothing else. */
const oneLine = (words: string) => new RegExp(`^ERROR: [^\\n]*${words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}[^\\n]*\\n$`);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'commands-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(Object.entries(commands))('npm run %s', (name, { words, tooMuch, file }) => {
  test('explains itself within 130 columns, the codes it ends with too, by --help and -h', async () => {
    const [long, short] = [await run(name, ['--help']), await run(name, ['-h'])];

    expect(long).toEqual(short);
    expect(long).toMatchObject({ code: 0, said: '' });
    expect(long.printed).toMatch(/Exit code: 0 /);
    expect(long.printed.split('\n').filter((line) => line.length > 130)).toEqual([]);
    expect((await optionsOf(name)).map((option) => option.name)).toContain('--help');
  });

  test('names an option that there is not, its value, and the nearest that there is', async () => {
    expect(await run(name, [...words, '--qqqqqq', '17'])).toMatchObject({
      code: 2,
      printed: '',
      said: expect.stringMatching(oneLine('--qqqqqq 17: there is no option --qqqqqq, write one of --')) as string,
    });
    for (const option of await optionsOf(name)) {
      const written = misspelled(option.name);
      expect(await run(name, [...words, written, '17'])).toMatchObject({
        code: 2,
        printed: '',
        said: expect.stringMatching(
          oneLine(`${written} 17: there is no option ${written}, did you mean ${option.name}?`),
        ) as string,
      });
    }
  });

  test('asks for the value that an option lacks, and refuses one that it does not take', async () => {
    for (const option of await optionsOf(name)) {
      const wrong = option.takesValue ? [[option.name], [`${option.name}=`], [option.name, '--help']] : [[`${option.name}=17`]];
      for (const args of wrong)
        expect(await run(name, [...words, ...args]), args.join(' ')).toMatchObject({
          code: 2,
          printed: '',
          said: expect.stringMatching(oneLine(option.name)) as string,
        });
    }
  });

  test('shows the value where a number, a name or the like is none', async () => {
    const { printed } = await run(name, ['--help']);
    const numbers = [...printed.matchAll(/^ {2}(--[a-z-]+) [NF] /gm)].map(([, option = '']) => option);
    for (const option of numbers)
      for (const value of ['many', '1e3x', '0x'])
        expect(await run(name, [...words, option, value])).toMatchObject({
          code: 2,
          printed: '',
          said: expect.stringMatching(oneLine(`got "${value}"`)) as string,
        });
  });

  if (tooMuch !== undefined)
    test('refuses a word that is too much, and names it', async () => {
      const [word = ''] = tooMuch;

      expect(await run(name, [...words, word])).toMatchObject({
        code: 2,
        printed: '',
        said: expect.stringMatching(oneLine(word)) as string,
      });
    });

  if (file !== undefined)
    test('says in one line what is wrong with a file', async () => {
      const empty = mkdtempSync(join(directory, 'empty-'));
      const garbage = join(directory, 'garbage.csv');
      writeFileSync(garbage, 'a,b\n1,2\n');
      const closed = join(directory, 'closed.csv');
      writeFileSync(closed, 'a,b\n');
      chmodSync(closed, 0o000);
      // To root no file is closed: then it is one more file without the columns.
      for (const path of [join(directory, 'absent.csv'), empty, garbage, closed]) {
        // What an import's file holds is for the job to judge.
        if (name === 'import' && [garbage, closed].includes(path)) continue;
        expect(
          await run(
            name,
            file.map((word) => (word === 'FILE' ? path : word)),
          ),
          path,
        ).toMatchObject({
          code: 1,
          printed: '',
          said: expect.stringMatching(oneLine(path === garbage || path === closed ? '' : path)) as string,
        });
      }
    });
});

test('every command of ours is tried here', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const ours = Object.entries(scripts).flatMap(([name, script]) => (/^node .*--import tsx /.test(script) ? [name] : []));

  expect(ours.sort()).toEqual(Object.keys(commands).sort());
});

describe('the version of Node', () => {
  const { complaint } = createRequire(import.meta.url)('../node-version.cjs') as {
    readonly complaint: (version: string) => string | undefined;
  };

  test.each([
    ['20.19.0', undefined],
    ['20.20.2', undefined],
    ['24.0.0', undefined],
    ['20.18.3', 'ERROR: this needs Node 20.19 or later, and here is Node 20.18.3: see https://nodejs.org/'],
    ['18.20.8', 'ERROR: this needs Node 20.19 or later, and here is Node 18.20.8: see https://nodejs.org/'],
    ['9.11.2', 'ERROR: this needs Node 20.19 or later, and here is Node 9.11.2: see https://nodejs.org/'],
  ])('%s is judged before anything else is read', (version, words) => {
    expect(complaint(version)).toBe(words);
  });

  test('is looked at first by every command', () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };

    const unchecked = Object.entries(scripts).filter(
      ([, script]) => !/^(node --require \.\/node-version\.cjs |node node-version\.cjs && |npm run )/.test(script),
    );

    expect(unchecked).toEqual([]);
  });
});

test.each([
  ['confirm', ['ofline'], 'there is no step "ofline": did you mean offline?'],
  ['bench', ['--only', 'repaly'], '--only repaly: did you mean replay?'],
  ['bench', ['--csv', 'x', '--only', 'foo'], '--only foo: write one of replay, '],
  ['synth', ['--context', 'lean'], '--context takes key=value, such as stage=prod: got "lean"'],
  ['start', ['--context', 'lean'], '--context takes key=value, such as stage=lean: got "lean"'],
  ['query', ['{ a }', '--variables', '[1]'], '--variables [1]: write a JSON object'],
  ['query', ['{ a }', '--data', '/nowhere'], 'no file "/nowhere/outputs.json": start the stack with npm start'],
  ['sql', ['SELECT 1', '--data', '/nowhere'], 'no file "/nowhere/outputs.json": start the stack with npm start'],
])('npm run %s %j is answered in one line', async (name, args, words) => {
  expect(await run(name, args)).toMatchObject({ printed: '', said: expect.stringMatching(oneLine(words)) as string });
});
