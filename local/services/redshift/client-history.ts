import { textFrom } from './client-messages.ts';
import type { QueryRecord } from './query-history.ts';
import { asksHistory } from './query-history.ts';
import type { Session } from './session.ts';

/** A statement that PostgreSQL was given as it is, and what has come of it. */
interface Asked {
  readonly sql: string;
  /** It was only parsed: an error belongs to it, and an answer ends it. */
  readonly isParsed: boolean;
  record: QueryRecord | undefined;
  rows: number;
  bytes: number;
}

const newAsked = (sql: string, isParsed = false): Asked => ({ sql, isParsed, record: undefined, rows: 0, bytes: 0 });

/** Writes down what passes between a client and PostgreSQL, by the answers: one statement after the other, in the order they were asked. */
export class ClientHistory {
  private readonly asked: Asked[] = [];
  /** Of prepared statements and portals, by the names that the client has given them. */
  private readonly texts = new Map<string, string>();
  private readonly portals = new Map<string, Asked>();

  constructor(private readonly session: Session) {}

  /** What a transaction sees is settled by its first message, so whoever asks for the history finds it written before. */
  async parse(name: string, sql: string): Promise<void> {
    if (asksHistory(sql)) await this.session.writeHistory();
    this.texts.set(name, sql);
    this.asked.push(newAsked(sql, true));
  }

  async bind(portal: string, name: string): Promise<void> {
    this.portals.delete(portal);
    const sql = this.texts.get(name);
    if (sql === undefined) return;
    if (asksHistory(sql)) await this.session.writeHistory();
    this.portals.set(portal, newAsked(sql));
  }

  closeStatement(name: string): void {
    this.texts.delete(name);
  }

  /** The rows of a portal may be asked for in parts: they are one statement. */
  execute(portal: string): void {
    const asked = this.portals.get(portal);
    if (asked !== undefined) this.expect([asked]);
  }

  async query(texts: readonly string[]): Promise<void> {
    this.expect(texts.map((sql) => newAsked(sql)));
    if (texts.some(asksHistory)) await this.session.writeHistory();
  }

  private expect(statements: readonly Asked[]): void {
    this.asked.push(...statements);
    this.beginFirst();
  }

  /** What was parsed in front of it may be answered together with it. */
  private beginFirst(): void {
    const first = this.asked.find(({ isParsed }) => !isParsed);
    if (first !== undefined) first.record ??= this.session.beginQuery(first.sql);
  }

  /** A message of PostgreSQL's. @source PostgreSQL manual, "Message Formats" */
  recordAnswer(kind: string, body: Buffer): void {
    const [first] = this.asked;
    if (first === undefined) return;
    switch (kind) {
      case 'D':
        first.rows += 1;
        first.bytes += body.length;
        return;
      case '1':
        if (first.isParsed) this.next();
        return;
      case 'C':
      case 'I':
      case 's':
        if (first.record !== undefined) this.session.endQuery(first.record, first.rows, first.bytes);
        this.next();
        return;
      case 'E':
        this.session.failQuery(
          this.asked.find(({ record }) => record !== undefined)?.record ?? this.session.beginQuery(first.sql),
          errorOf(body),
        );
        // What was asked behind it is not run.
        this.asked.length = 0;
        return;
      case 'Z':
        this.asked.length = 0;
        return;
      default:
    }
  }

  private next(): void {
    this.asked.shift();
    this.beginFirst();
  }
}

/** The fields of an ErrorResponse that are kept. */
function errorOf(body: Buffer): { readonly code: string; readonly message: string } {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const { value, end } = textFrom(body, at + 1);
    fields.set(String.fromCharCode(body[at] ?? 0), value);
    at = end;
  }
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? '' };
}
