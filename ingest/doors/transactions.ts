import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { acceptLine, isRefusal } from '../../domain/accepted-line.ts';
import { MAX_LINES_PER_REQUEST } from '../../domain/limits.ts';
import type { RecordFailure } from '../../domain/receipt.ts';
import { packLines, type PackedRecord } from '../../domain/stream-record.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';

/** The stream, as the door needs it. */
export interface TransactionStream {
  /** What became of each record, in their order: `undefined` when the stream has taken it. */
  put(records: readonly PackedRecord[]): Promise<readonly (RecordFailure | undefined)[]>;
}

/** What became of one line that was not taken; the same shape as in the GraphQL API. */
export interface LineFailure {
  readonly index: number;
  readonly lineId: string;
  readonly code: 'InvalidValue' | RecordFailure;
  readonly message: string;
}

const RETRY_MESSAGES: Readonly<Record<RecordFailure, string>> = {
  Throttled: 'the stream is busy: send this line again after a while',
  StreamUnavailable: 'the stream did not take this line: send it again',
};

/**
 * `POST /transactions`: one line or an array of up to 250, in JSON, by the rules of `sendTransactions`.
 *
 * @remarks 200: all lines taken. 207: some. 400: none, correct them. 503: none, send them again. The body always is
 * `{accepted, failed}`, or `{message}` when it could not be read at all.
 */
export async function takeTransactions(
  event: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>,
  stream: TransactionStream,
  now: () => number,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { text: body, isSound } = bodyOf(event);
  if (!isSound)
    return answer(400, { message: `write the body in UTF-8: got ${surroundingsOf(body, body.indexOf(REPLACEMENT))}` });
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return answer(400, { message: `write the body as JSON, one line or an array of lines: ${reason}` });
  }
  const sent: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (sent.length === 0 || sent.length > MAX_LINES_PER_REQUEST)
    return answer(400, { message: `write 1 to ${String(MAX_LINES_PER_REQUEST)} lines: got ${String(sent.length)}` });
  const failed: LineFailure[] = [];
  const lines = sent.map((line, index) => {
    const outcome = acceptLine(line, now());
    if (!isRefusal(outcome)) return outcome;
    failed.push({ index, lineId: lineIdOf(line), code: 'InvalidValue', message: outcome.message });
    return undefined;
  });
  failed.push(...(await send(stream, lines)));
  const accepted = sent.length - failed.length;
  return answer(statusOf(accepted, failed), { accepted, failed: failed.sort((a, b) => a.index - b.index) });
}

/** What takes the place of bytes that are no UTF-8, wherever they are made text. */
const REPLACEMENT = '\ufffd';

/**
 * The text of a body, and whether it is the text that was sent.
 *
 * @remarks API Gateway makes a text of a body whose type is JSON before anybody here sees its bytes. So the replacement character itself
 * tells of bytes that are lost; a client that means it writes `\ufffd`, as JSON allows.
 */
function bodyOf({ body = '', isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>) {
  if (!isBase64Encoded) return { text: body, isSound: !body.includes(REPLACEMENT) };
  const bytes = Buffer.from(body, 'base64');
  return { text: bytes.toString('utf8'), isSound: isUtf8(bytes) };
}

/** The surroundings of a place in a body: the field is among them. */
function surroundingsOf(body: string, place: number): string {
  const surroundings = body.slice(Math.max(0, place - 60), place + 20);
  return `${JSON.stringify(surroundings)}, in which ${REPLACEMENT} stands for bytes that are not (a client that means it writes \\ufffd)`;
}

async function send(stream: TransactionStream, lines: readonly (TransactionLine | undefined)[]): Promise<LineFailure[]> {
  const records = packLines(lines);
  if (records.length === 0) return [];
  const outcomes = await stream.put(records);
  return records.flatMap((record, place) => {
    const code = outcomes[place];
    if (code === undefined) return [];
    return record.members.map((index) => ({
      index,
      lineId: lines[index]?.lineId ?? '',
      code,
      message: RETRY_MESSAGES[code],
    }));
  });
}

function statusOf(accepted: number, failed: readonly LineFailure[]): number {
  if (failed.length === 0) return 200;
  if (accepted > 0) return 207;
  return failed.every(({ code }) => code === 'InvalidValue') ? 400 : 503;
}

function lineIdOf(line: unknown): string {
  const lineId = typeof line === 'object' && line !== null && 'lineId' in line ? line.lineId : undefined;
  return typeof lineId === 'string' ? lineId.slice(0, 80) : '';
}

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...(statusCode === 503 ? { 'retry-after': '1' } : {}) },
  body: JSON.stringify(body),
});
