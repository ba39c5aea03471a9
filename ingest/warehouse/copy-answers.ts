import { createHash } from 'node:crypto';
import type { FixedQuestion } from '../../warehouse/statements/fixed-questions.ts';
import type { Parameter } from '../../warehouse/statements/statement.ts';
import { MOST_STATEMENTS } from './data-api.ts';
import type { LoadState } from './load-state.ts';
import { StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** An answer as it is kept. */
export interface StoredAnswer {
  readonly question: string;
  readonly asOf: string;
  readonly rows: readonly unknown[];
  readonly hasMore: boolean;
  /** The last load that it knows of. */
  readonly loadId: number;
}

/** An answer is larger than an item may be. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
  readonly code = 'ANSWER_TOO_LARGE';

  constructor(
    readonly question: string,
    options?: ErrorOptions,
  ) {
    super(`the answer to ${question} does not fit into one item: ask for fewer rows`, options);
  }
}

/** Where answers are kept. */
export interface AnswerStore {
  /** @throws AnswerTooLargeError */
  put(answer: StoredAnswer): Promise<void>;
  remove(question: string): Promise<void>;
}

/** What became of the questions. */
export interface AnswersOutcome {
  readonly asked: number;
  readonly put: number;
  /** Why some have no answer. */
  readonly problems: readonly string[];
  /** What the state says of the answers from now on. */
  readonly state: Required<Pick<LoadState, 'loadId' | 'refreshedLoadId' | 'questions' | 'answers'>>;
}

/** Tells one set of questions from another. */
export const questionsDigest = (questions: readonly FixedQuestion[]) =>
  digest(questions.map(({ key, statement }) => [key, statement.sql, statement.parameters]));

/** Results fetched together. AWS allows 20 fetches a second in an account, which readers of the API need too. */
const AT_ONCE = 4;

const FRESHNESS = `SELECT CAST(MAX(load_id) AS BIGINT) AS load_id, CAST(MAX(refreshed_load_id) AS BIGINT) AS refreshed_load_id
FROM mart.freshness`;

/**
 * Ask the fixed questions and store the answers that are not stored as they are. A question that the warehouse refuses, or whose
 * answer is too large, keeps no other from being answered, and has no stored answer any more: a reader then asks the warehouse.
 */
export async function copyAnswers(
  session: WarehouseSession,
  store: AnswerStore,
  questions: readonly FixedQuestion[],
  stored: Readonly<Record<string, string>>,
): Promise<AnswersOutcome> {
  const answers = { ...stored };
  const problems: string[] = [];
  let put = 0;
  // The oldest of what the batches say: an answer that knows more is stored again next time, one that knows less never passes for it.
  let loadId: number | undefined;
  let refreshedLoadId: number | undefined;

  const withdraw = async (question: string, cause: Error) => {
    problems.push(cause.message);
    if (answers[question] === undefined) return;
    await store.remove(question);
    Reflect.deleteProperty(answers, question);
  };

  const ask = async (batch: readonly FixedQuestion[]): Promise<void> => {
    const parameters = new Map(batch.flatMap(({ statement }) => statement.parameters).map((one) => [one.name, one]));
    const result = await session.run({
      name: batch.length === 1 ? `answer ${batch[0]?.key ?? ''}` : 'answers',
      statements: [FRESHNESS, ...batch.map(({ statement }) => statement.sql)],
      parameters: [...parameters.values()],
    });
    const [fresh = []] = await result.rows(0);
    const batchLoadId = fresh[0]?.longValue ?? 0;
    loadId = Math.min(loadId ?? batchLoadId, batchLoadId);
    const batchRefreshed = fresh[1]?.longValue ?? 0;
    refreshedLoadId = Math.min(refreshedLoadId ?? batchRefreshed, batchRefreshed);
    const keep = async (question: FixedQuestion, place: number) => {
      const { asOf, rows, hasMore } = question.answer(await result.rows(place + 1));
      const content = digest([asOf, rows, hasMore]);
      // Before the first load there is nothing to know, and nothing to keep.
      if (asOf === null || content === answers[question.key]) return;
      try {
        await store.put({ question: question.key, asOf, rows, hasMore, loadId: batchLoadId });
        answers[question.key] = content;
        put++;
      } catch (cause) {
        if (!(cause instanceof AnswerTooLargeError)) throw cause;
        await withdraw(question.key, cause);
      }
    };
    for (let start = 0; start < batch.length; start += AT_ONCE) {
      const several = batch.slice(start, start + AT_ONCE);
      // All have ended before one failure is reported: nothing of this run meets the next one.
      const ended = await Promise.allSettled(several.map((question, place) => keep(question, start + place)));
      for (const end of ended) if (end.status === 'rejected') throw end.reason;
    }
  };

  for (const batch of batches(questions)) {
    try {
      await ask(batch);
    } catch (cause) {
      // What passes says nothing of a question: all answers stay, and the next run asks again.
      if (!(cause instanceof StatementRefusedError) || cause.isRetryable) throw cause;
      for (const question of batch) {
        await ask([question]).catch(async (alone: unknown) => {
          if (!(alone instanceof StatementRefusedError) || alone.isRetryable) throw alone;
          await withdraw(question.key, alone);
        });
      }
    }
  }
  return {
    asked: questions.length,
    put,
    problems,
    state: {
      loadId: loadId ?? 0,
      refreshedLoadId: refreshedLoadId ?? 0,
      questions: questionsDigest(questions),
      answers,
    },
  };
}

/** As few batches as possible in which no two statements give one parameter different values. */
function batches(questions: readonly FixedQuestion[]): FixedQuestion[][] {
  const all: { readonly questions: FixedQuestion[]; readonly values: Map<string, string> }[] = [];
  for (const question of questions) {
    const { parameters } = question.statement;
    const agrees = (values: ReadonlyMap<string, string>) =>
      parameters.every(({ name, value }: Parameter) => (values.get(name) ?? value) === value);
    let batch = all.find((one) => one.questions.length < MOST_STATEMENTS - 1 && agrees(one.values));
    if (batch === undefined) all.push((batch = { questions: [], values: new Map() }));
    batch.questions.push(question);
    for (const { name, value } of parameters) batch.values.set(name, value);
  }
  return all.map((batch) => batch.questions);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
