import type { Writable } from 'node:stream';

/** Where a command of this room reads and writes. */
export interface Terminal {
  /** For what was asked for. */
  readonly print: (text: string) => void;
  /** For everything else: errors, advice. */
  readonly say: (text: string) => void;
  /** How wide a line may be; absent where nobody looks on. */
  readonly columns?: number;
  /** What is piped in; absent where somebody sits at a keyboard. */
  readonly piped?: () => Promise<string>;
  /** Somebody at a keyboard; absent where nobody is. */
  readonly keyboard?: { readonly input: NodeJS.ReadableStream; readonly output: Writable };
}

/** The one of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // Whoever reads the answer may have seen enough, as `head` has.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    print: (text) => stdout.write(text),
    say: (text) => stderr.write(text),
    ...(stdout.isTTY && { columns: stdout.columns }),
    ...(stdin.isTTY ? { keyboard: { input: stdin, output: stdout } } : { piped: readAll }),
  };
}

async function readAll(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) text += String(part);
  return text;
}
