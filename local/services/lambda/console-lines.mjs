// What the Node runtime of Lambda makes of the console. Plain JavaScript, because a function's thread carries no module loader.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html; the shape of a line is that of AWS's runtime interface client.
import { format } from 'node:util';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];
const METHODS = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR' };

/**
 * Write the console's lines as the function's log format says.
 *
 * @param {{ AWS_LAMBDA_LOG_FORMAT?: string, AWS_LAMBDA_LOG_LEVEL?: string }} environment
 * @param {() => string} requestId
 */
export function patchConsole({ AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL = 'TRACE' }, requestId) {
  const toLine = AWS_LAMBDA_LOG_FORMAT === 'JSON' ? jsonLine : textLine;
  const least = LEVELS.indexOf(AWS_LAMBDA_LOG_LEVEL);
  for (const [method, level] of Object.entries(METHODS)) {
    const isWritten = LEVELS.indexOf(level) >= least;
    Object.assign(console, {
      /** @param {unknown[]} values */
      [method]: (...values) => {
        if (isWritten) process.stdout.write(`${toLine(new Date().toISOString(), level, requestId(), values)}\n`);
      },
    });
  }
}

/** Write what ended an invocation. @param {string | undefined} logFormat @param {string} what @param {unknown} error */
export function logFailure(logFormat, what, error) {
  if (logFormat === 'JSON') console.error(error instanceof Error ? error : new Error(format(error)));
  else console.error(what, error);
}

/** @param {string} time @param {string} level @param {string} requestId @param {unknown[]} values */
const textLine = (time, level, requestId, values) => `${time}\t${requestId}\t${level}\t${format(...values)}`;

/** One value stays what it is, several become a text. @param {string} timestamp @param {string} level @param {string} requestId @param {unknown[]} values */
function jsonLine(timestamp, level, requestId, values) {
  const line = { timestamp, level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...line, message: values[0] }, describeErrors);
    } catch {
      return JSON.stringify({ ...line, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: format(...values), ...(error instanceof Error && describe(error)) });
}

/** @param {Error} error */
const describe = (error) => ({
  errorType: error.constructor.name,
  errorMessage: error.message,
  stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
});

/** @param {string} _ @param {unknown} value @returns {unknown} */
const describeErrors = (_, value) => (value instanceof Error ? { ...describe(value), ...value } : value);
