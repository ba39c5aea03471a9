import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedStateError } from '../../state-files.ts';
import { findFrameAfter, walkFrames } from './frame.ts';
import type { Frame } from './frame.ts';

/** Distance of two marks: at most so much is read for nothing when a read starts between them. @unit bytes */
const MARK_BYTES = 64 * 1024;

/** Where a record lies: one is kept for each 64 KiB of log, so 1.5 GB of records cost about one megabyte of memory. */
interface Mark {
  readonly position: number;
  readonly offset: number;
  readonly arrivedAt: number;
}

/** One file of a shard log. Its name is the position of its first record; only the last segment of a log is written to. */
export class Segment {
  /** Whole frames, all written. @unit bytes */
  size = 0;
  firstArrivedAt: number | null = null;
  /** Not before the arrival of the last record, and not after the first one of the next segment. */
  lastArrivedAt: number | null = null;
  private marks: Mark[] = [];

  constructor(
    readonly path: string,
    readonly firstPosition: number,
  ) {}

  static at(directory: string, firstPosition: number): Segment {
    return new Segment(join(directory, `${String(firstPosition).padStart(20, '0')}.log`), firstPosition);
  }

  /** The segments that lie in a directory, oldest first, not looked into yet. */
  static async list(directory: string): Promise<Segment[]> {
    const names = (await readdir(directory)).filter((name) => /^\d{20}\.log$/.test(name)).sort();
    return names.map((name) => new Segment(join(directory, name), Number(name.slice(0, 20))));
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Remember that a record was written at the end. */
  grow(position: number, bytes: number, arrivedAt: number): void {
    addMark(this.marks, { position, offset: this.size, arrivedAt });
    this.size += bytes;
    this.firstArrivedAt ??= arrivedAt;
    this.lastArrivedAt = arrivedAt;
  }

  /** Take up a segment that is not the last, and so is complete: every frame is checked. @throws DamagedStateError */
  async openClosed(following: Segment): Promise<void> {
    const { size } = await stat(this.path);
    const { next, offset } = await this.scan(size);
    if (offset < size) throw this.damagedAt(offset);
    if (next !== following.firstPosition) {
      const missing = `its last record is ${String(next - 1)}, and ${following.path} begins with ${String(following.firstPosition)}`;
      throw new DamagedStateError(this.path, missing);
    }
  }

  /**
   * Take up the last segment: every frame is checked, and what a killed process left unfinished at the end is cut off.
   *
   * @param acknowledged - the position behind the last record that was answered; null when that is not known
   * @returns the position behind the last record, and how many bytes were cut off
   * @throws DamagedStateError when a record is damaged that was answered, or that has whole ones behind it
   */
  async recover(acknowledged: number | null): Promise<{ next: number; cutBytes: number }> {
    const { size } = await stat(this.path);
    const { next, offset } = await this.scan(size);
    if (offset < size && (next < (acknowledged ?? 0) || (await findFrameAfter(this.path, offset, size)) !== null))
      throw this.damagedAt(offset);
    if (next < (acknowledged ?? 0)) {
      const missing = `it ends with record ${String(next - 1)}, and ${String((acknowledged ?? 0) - 1)} was acknowledged`;
      throw new DamagedStateError(this.path, missing);
    }
    if (offset < size) {
      const file = await open(this.path, 'r+');
      await file.truncate(offset).finally(() => file.close());
    }
    return { next, cutBytes: size - offset };
  }

  /** Visit the frames from `position` on, until `visit` answers false. @throws DamagedStateError */
  async walk(position: number, visit: (frame: Frame, position: number) => boolean): Promise<void> {
    await this.walkFrom(
      this.markBefore((mark) => mark.position <= position),
      (frame, at) => (at < position ? true : visit(frame, at)),
    );
  }

  /** The first record that arrived at `time` or later; null when all came before. */
  async firstArrivedFrom(time: number): Promise<number | null> {
    let found: number | null = null;
    await this.walkFrom(
      this.markBefore((mark) => mark.arrivedAt < time),
      (frame, position) => {
        if (frame.arrivedAt >= time) found = position;
        return found === null;
      },
    );
    return found;
  }

  private async walkFrom(start: Mark | undefined, visit: (frame: Frame, position: number) => boolean): Promise<void> {
    if (start === undefined) return;
    let position = start.position;
    const { offset, sound } = await walkFrames(this.path, start.offset, this.size, (frame) => visit(frame, position++));
    if (!sound) throw this.damagedAt(offset);
  }

  private damagedAt(offset: number): DamagedStateError {
    return new DamagedStateError(this.path, `at byte ${String(offset)} should be a record, and its checksum is wrong`);
  }

  /** Read the whole file once, up to what is no frame. */
  private async scan(end: number): Promise<{ next: number; offset: number }> {
    const marks: Mark[] = [];
    let next = this.firstPosition;
    let arrivedAt: number | null = null;
    const { offset } = await walkFrames(this.path, 0, end, (frame) => {
      addMark(marks, { position: next, offset: frame.offset, arrivedAt: frame.arrivedAt });
      this.firstArrivedAt ??= frame.arrivedAt;
      arrivedAt = frame.arrivedAt;
      next += 1;
      return true;
    });
    this.marks = marks;
    this.lastArrivedAt = arrivedAt;
    this.size = offset;
    return { next, offset };
  }

  /** The last mark that fits; marks are in order of position, offset and arrival alike. */
  private markBefore(fits: (mark: Mark) => boolean): Mark | undefined {
    const { marks } = this;
    let [low, high] = [0, marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const mark = marks[middle];
      if (mark !== undefined && fits(mark)) low = middle + 1;
      else high = middle;
    }
    return marks[Math.max(0, low - 1)];
  }
}

function addMark(marks: Mark[], mark: Mark): void {
  const last = marks.at(-1);
  if (last === undefined || mark.offset - last.offset >= MARK_BYTES) marks.push(mark);
}
