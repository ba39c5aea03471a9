import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log file starts anew at this size; the one before it stays beside it as `<name>.1`. @unit bytes */
const LIMIT = 5_000_000;

/**
 * A log in a file that never outgrows the disk. Lines of one turn of the event loop are written together, in order.
 *
 * @remarks Writing never throws: a full disk must not end what writes its log. Lines that could not be written are counted, and the log says
 * how many as soon as it can be written again.
 */
export class BoundedLog {
  private waiting: string[] = [];
  private size: number;
  private lostLines = 0;
  /** Of a line that has not come to its end. */
  private begun = '';

  /** @param onLine - gets every line, without its end */
  constructor(
    private readonly path: string,
    private readonly onLine?: (line: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** @param text - whole lines, each with its end */
  write(text: string): void {
    if (this.onLine !== undefined) this.splitLines(text, this.onLine);
    if (this.waiting.push(text) === 1) setImmediate(() => this.flush());
  }

  private splitLines(text: string, onLine: (line: string) => void): void {
    const lines = (this.begun + text).split('\n');
    this.begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    const lines = this.waiting.join('');
    this.waiting = [];
    const text = Buffer.from(this.lostLines === 0 ? lines : `(${String(this.lostLines)} lines could not be written)\n${lines}`);
    try {
      if (this.size > 0 && this.size + text.length > LIMIT) {
        renameSync(this.path, `${this.path}.1`);
        this.size = 0;
      }
      appendFileSync(this.path, text);
      this.size += text.length;
      this.lostLines = 0;
    } catch {
      this.lostLines += lines.split('\n').length - 1;
    }
  }
}
