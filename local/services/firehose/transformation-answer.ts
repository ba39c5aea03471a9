/** Why records were not transformed. */
export interface TransformationError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** What a function says of each record. */
export interface TransformationResults {
  /** What is delivered of a record, or nothing of it, or why it failed. */
  readonly of: (recordId: string) => Buffer | 'dropped' | TransformationError;
}

/**
 * Read a function's answer. One that breaks the model makes failed records of all that were asked for.
 *
 * @source Firehose's guide, "Required parameters for data transformation", and "Lambda invocation errors" for codes and messages
 */
export function readResults(payload: string, recordIds: readonly string[]): TransformationResults {
  const answers = new Map<string, Buffer | 'dropped' | TransformationError>();
  for (const record of recordsIn(payload) ?? [undefined]) {
    const { recordId, result, data } = (record ?? {}) as { recordId?: unknown; result?: unknown; data?: unknown };
    const answer = resultOf(result, data);
    if (typeof recordId !== 'string' || answer === undefined) return all(BROKEN);
    if (answers.has(recordId)) return all(DUPLICATED);
    answers.set(recordId, answer);
  }
  // An id of no record is as good as one that was not returned.
  if (answers.size !== recordIds.length || recordIds.some((recordId) => !answers.has(recordId))) return all(MISSING);
  return { of: (recordId) => answers.get(recordId) ?? MISSING };
}

function recordsIn(payload: string): readonly unknown[] | undefined {
  try {
    const { records } = JSON.parse(payload) as { records?: unknown };
    return Array.isArray(records) ? records : undefined;
  } catch {
    return undefined;
  }
}

function resultOf(result: unknown, data: unknown): Buffer | 'dropped' | TransformationError | undefined {
  if (result === 'Dropped') return 'dropped';
  if (result === 'ProcessingFailed') return FAILED;
  if (result !== 'Ok' || typeof data !== 'string') return undefined;
  const bytes = Buffer.from(data, 'base64');
  // Of what is no base64, Node reads what it can.
  return bytes.toString('base64') === data ? bytes : undefined;
}

const all = (error: TransformationError): TransformationResults => ({ of: () => error });

const FAILED = { errorCode: 'Lambda.ProcessingFailedStatus', errorMessage: 'ProcessingFailed status set for record' };
const BROKEN = {
  errorCode: 'Lambda.JsonProcessingException',
  errorMessage:
    'There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Firehose.',
};
const DUPLICATED = {
  errorCode: 'Lambda.DuplicatedRecordId',
  errorMessage:
    'Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.',
};
const MISSING = {
  errorCode: 'Lambda.MissingRecordId',
  errorMessage: 'One or more record IDs were not returned. Ensure that the Lambda function returns all received record IDs.',
};
