import { datesNote } from '../replay/date-survey.ts';
import type { FileLayout } from '../replay/layout.ts';
import { TransactionsFile, type FileSurvey } from '../replay/transactions-file.ts';
import { layoutNote } from '../replay/parsed-rows.ts';
import { DateOrderError } from '../replay/date-survey.ts';

interface Surveyed {
  readonly path: string;
  readonly survey: FileSurvey;
}

/**
 * Read files as they will be read, before anything is sent, and tell how.
 *
 * @throws DateOrderError, for the first file whose dates cannot be read; what else is wrong with a file, the job says
 */
export async function surveyFiles(paths: readonly string[], layout: FileLayout, note: (text: string) => void): Promise<void> {
  const surveyed: Surveyed[] = [];
  for (const path of paths) {
    const survey = await surveyOf(path, layout);
    if (survey !== undefined) surveyed.push({ path, survey });
  }
  for (const text of surveyed.length === 1 ? notesOfOne(surveyed, layout) : notesOfMany(surveyed)) note(text);
}

async function surveyOf(path: string, layout: FileLayout): Promise<FileSurvey | undefined> {
  try {
    return await (await TransactionsFile.open(path, layout)).survey();
  } catch (error) {
    if (error instanceof DateOrderError) throw error;
    return undefined;
  }
}

function notesOfOne(surveyed: readonly Surveyed[], layout: FileLayout): readonly string[] {
  return surveyed.flatMap(({ path, survey }) =>
    [layoutNote(survey.delimiter, layout), datesNote(survey.dates)].flatMap((text) =>
      text === undefined ? [] : `${path}: ${text}`,
    ),
  );
}

/** One sentence for all whose order is known, and one for those that somebody should look at. */
function notesOfMany(surveyed: readonly Surveyed[]): readonly string[] {
  const notes: string[] = [];
  for (const order of ['month-first', 'day-first', 'year-first'] as const) {
    const days = surveyed.flatMap(({ survey: { dates } }) => (dates.reading.order === order ? (dates.days ?? []) : []));
    const first = days.map((range) => range.first).sort()[0];
    const last = days
      .map((range) => range.last)
      .sort()
      .at(-1);
    if (first !== undefined && last !== undefined)
      notes.push(`dates of ${String(days.length)} files are read ${order}, and go from ${first} to ${last}`);
  }
  const open = surveyed.filter(({ survey }) => survey.dates.otherwise !== undefined);
  const [example] = open;
  if (example !== undefined)
    notes.push(
      `NOTE: in ${String(open.length)} of the files no date tells month and day apart, such as in ${example.path}: ` +
        'if they are day-first, say --date-format day-first',
    );
  return notes;
}
