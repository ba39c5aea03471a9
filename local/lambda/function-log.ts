import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log file starts anew at this size; the one before it stays beside it as `<name>.1`. @unit bytes */
const LIMIT = 5_000_000;

/** A log in a file that never outgrows the disk. Lines of one turn of the event loop are written together, in order. */
export class BoundedLog {
  private waiting: string[] = [];
  private size: number;

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** @param text - whole lines, each with its end */
  write(text: string): void {
    if (this.waiting.push(text) === 1) setImmediate(() => this.flush());
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    const text = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    if (this.size > 0 && this.size + text.length > LIMIT) {
      renameSync(this.path, `${this.path}.1`);
      this.size = 0;
    }
    appendFileSync(this.path, text);
    this.size += text.length;
  }
}
