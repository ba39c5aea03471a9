import type { Socket } from 'node:net';
import type { Message } from './client-messages.ts';
import { MessageReader, errorMessage, frame, int16, textFrom } from './client-messages.ts';
import type { Engine } from './client-engine.ts';
import { toStatementError } from './database-errors.ts';
import type { Database } from './database.ts';
import type { Statement } from './dialect.ts';
import { namesOfNumbers, splitStatements } from './dialect.ts';
import { ClientHistory } from './client-history.ts';
import { Session } from './session.ts';
import type { SessionPorts, StatementOutcome } from './session.ts';

const BEGINS_OR_ENDS = /^\s*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|VACUUM)\b/i;
const CHANGES_TABLES = /^\s*(CREATE|ALTER|DROP)\b/i;

/** A statement as it came, and as it is read. */
interface ReadStatement {
  readonly sql: string;
  readonly statement: Statement;
}

interface StatementResult {
  readonly sql: string;
  readonly outcome: StatementOutcome;
}

/** What is made, changed or dropped: it is part of what is answered. */
const KIND =
  /^\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|TEMP\s+|TEMPORARY\s+|EXTERNAL\s+)*(MATERIALIZED\s+VIEW|[A-Z]+)/i;

/** One client and PostgreSQL: statements are read as Redshift's on their way, and answers pass as they are. */
export class Conversation {
  private readonly session: Session;
  private readonly history: ClientHistory;
  private readonly reader = new MessageReader();
  private readonly answers = new MessageReader();
  private readonly queue: Message[] = [];
  private isWorking = false;
  /** ReadyForQuery that PostgreSQL owes, and what becomes of each. */
  private readonly owed: { readonly isHidden: boolean; readonly resolve: () => void }[] = [];
  /** Messages of the extended protocol that PostgreSQL has got since the last Sync. */
  private unsynced = 0;
  /** Whether what comes before the next Sync is left out, since something before it failed. */
  private isSkipping = false;
  /** As PostgreSQL said it last. */
  private status = 'I';
  private failures = 0;
  private failuresAtSync = 0;
  /** Statements that are not PostgreSQL's to run, by the names that the client has given them, and the portals of them. */
  private readonly statements = new Map<string, ReadStatement>();
  private readonly portals = new Map<string, ReadStatement>();

  constructor(
    private readonly socket: Socket,
    private readonly engine: Engine,
    options: { readonly database: Database; readonly user: string; readonly ports: SessionPorts },
  ) {
    this.session = Session.of(options.database, {
      client: engine.client,
      user: options.user,
      processId: engine.processId,
      ports: options.ports,
    });
    this.history = new ClientHistory(this.session);
  }

  begin(first: Buffer): void {
    const { socket, engine } = this;
    engine.passTo((chunk) => {
      this.answer(chunk);
    });
    engine.socket.on('close', () => {
      for (const { resolve } of this.owed.splice(0)) resolve();
      socket.end();
    });
    socket.on('close', () => {
      engine.close();
    });
    socket.on('end', () => {
      engine.close();
    });
    socket.on('drain', () => engine.socket.resume());
    socket.on('data', (chunk: Buffer) => {
      this.take(chunk);
    });
    this.take(first);
    socket.resume();
  }

  private take(chunk: Buffer): void {
    try {
      this.queue.push(...this.reader.read(chunk));
    } catch (error) {
      this.socket.end(errorMessage('08P01', String(error), 'FATAL'));
      return;
    }
    if (!this.isWorking) void this.work();
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    for (let message = this.queue.shift(); message !== undefined; message = this.queue.shift()) {
      try {
        await this.handle(message);
      } catch (error) {
        await this.refuse(error, message.kind);
      }
    }
    this.isWorking = false;
  }

  /** What PostgreSQL says, to the client. */
  private answer(chunk: Buffer): void {
    const kept: Buffer[] = [];
    for (const { kind, body } of this.answers.read(chunk)) {
      this.history.recordAnswer(kind, body);
      if (kind === 'E') this.failures += 1;
      if (kind === 'Z') {
        this.status = body.toString('latin1');
        const owed = this.owed.shift();
        owed?.resolve();
        if (owed?.isHidden === true) continue;
      }
      kept.push(frame(kind, body));
    }
    if (kept.length > 0 && !this.socket.write(Buffer.concat(kept))) this.engine.socket.pause();
  }

  private async handle(message: Message): Promise<void> {
    const { kind } = message;
    if (kind === 'X') return void this.engine.socket.end(frame('X'));
    if (kind === 'Q') return this.query(textFrom(message.body, 0).value);
    if (kind === 'S') return this.sync();
    if (this.isSkipping) return;
    switch (kind) {
      case 'P':
        return this.parse(message.body);
      case 'B':
        return this.bind(message.body);
      case 'D':
        return this.describe(message.body);
      case 'E':
        return this.execute(message.body);
      case 'C':
        return this.closeNamed(message.body);
      case 'H':
        this.engine.socket.write(frame('H'));
        return;
      default:
      // What a COPY from the client would send, which there is none of.
    }
  }

  /** The same, for what waits for nothing. */
  private passed(kind: string, body: Buffer): Promise<void> {
    this.pass(kind, body);
    return Promise.resolve();
  }

  private pass(kind: string, ...parts: readonly (string | Buffer)[]): void {
    this.unsynced += 1;
    this.engine.socket.write(frame(kind, ...parts));
  }

  /** Ask PostgreSQL something that ends with ReadyForQuery. @returns once it has come */
  private passUntilReady(message: Buffer, isHidden: boolean): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.owed.push({ isHidden, resolve });
    });
    this.unsynced = 0;
    this.engine.socket.write(message);
    return ready;
  }

  /** Whatever was passed is answered; afterwards PostgreSQL has nothing to do. */
  private async settle(): Promise<void> {
    if (this.unsynced === 0) return;
    await this.passUntilReady(frame('S'), true);
    if (this.failures > this.failuresAtSync) this.isSkipping = true;
    this.failuresAtSync = this.failures;
  }

  private async sync(): Promise<void> {
    if (this.unsynced > 0) await this.passUntilReady(frame('S'), false);
    else this.socket.write(this.ready());
    this.isSkipping = false;
    this.failuresAtSync = this.failures;
  }

  private ready(): Buffer {
    return frame('Z', Buffer.from(this.status));
  }

  private async refuse(error: unknown, kind: string): Promise<void> {
    await this.settle();
    const { code, message } = toStatementError(error, this.session.processId);
    if (!this.isSkipping) this.socket.write(errorMessage(code, message));
    if (kind === 'Q') this.socket.write(this.ready());
    else this.isSkipping = true;
  }

  // The simple protocol

  private async query(source: string): Promise<void> {
    await this.settle();
    this.isSkipping = false;
    const read: ReadStatement[] = [];
    for (const sql of splitStatements(source)) read.push(await this.read(sql));
    await this.session.check(read.map(({ statement }) => statement));
    if (read.every((each) => this.isPassed(each))) {
      const all = read.map(({ statement }) => (statement.kind === 'sql' ? statement.text : ''));
      await this.history.query(read.map(({ sql }) => sql));
      await this.passUntilReady(frame('Q', all.join(';\n')), false);
      return;
    }
    await this.several(read);
    this.socket.write(this.ready());
  }

  /** Several in one message are one transaction, unless they say otherwise. */
  private async several(read: readonly ReadStatement[]): Promise<void> {
    const isOne = read.length > 1 && this.status === 'I' && !read.some(({ sql }) => BEGINS_OR_ENDS.test(sql));
    if (isOne) await this.runUnseen('BEGIN');
    try {
      for (const each of read) {
        if (!this.isPassed(each)) {
          this.socket.write(this.completion(await this.run(each.sql)));
          continue;
        }
        const { failures } = this;
        await this.history.query([each.sql]);
        await this.passUntilReady(frame('Q', each.statement.kind === 'sql' ? each.statement.text : ''), true);
        if (this.failures > failures) break;
      }
    } catch (error) {
      if (isOne) await this.runUnseen('ROLLBACK');
      throw error;
    }
    if (isOne) await this.runUnseen('COMMIT');
  }

  // The extended protocol

  private async parse(body: Buffer): Promise<void> {
    const name = textFrom(body, 0);
    const source = textFrom(body, name.end);
    const [sql = '', more] = splitStatements(source.value);
    if (more !== undefined) throw toStatementError(new Error('cannot insert multiple commands into a prepared statement'), 0);
    this.statements.delete(name.value);
    if (sql === '') return this.passed('P', body);
    const read = await this.read(sql);
    await this.session.check([read.statement]);
    if (read.statement.kind === 'sql' && this.isPassed(read)) {
      await this.history.parse(name.value, sql);
      this.pass('P', name.value, read.statement.text, body.subarray(source.end));
      return;
    }
    await this.settle();
    if (this.isSkipping) return;
    this.statements.set(name.value, read);
    this.socket.write(frame('1'));
  }

  private async bind(body: Buffer): Promise<void> {
    const portal = textFrom(body, 0);
    const name = textFrom(body, portal.end);
    this.portals.delete(portal.value);
    const read = this.statements.get(name.value);
    if (read === undefined) {
      await this.history.bind(portal.value, name.value);
      return this.passed('B', body);
    }
    await this.settle();
    if (this.isSkipping) return;
    this.portals.set(portal.value, read);
    this.socket.write(frame('2'));
  }

  private async describe(body: Buffer): Promise<void> {
    const isStatement = body[0] === 0x53;
    const read = (isStatement ? this.statements : this.portals).get(textFrom(body, 1).value);
    if (read === undefined) return this.passed('D', body);
    await this.settle();
    if (this.isSkipping) return;
    if (isStatement) this.socket.write(frame('t', int16(0)));
    this.socket.write(frame('n'));
  }

  private async execute(body: Buffer): Promise<void> {
    const portal = textFrom(body, 0).value;
    const read = this.portals.get(portal);
    if (read === undefined) {
      this.history.execute(portal);
      return this.passed('E', body);
    }
    await this.settle();
    if (!this.isSkipping) this.socket.write(this.completion(await this.run(read.sql)));
  }

  private async closeNamed(body: Buffer): Promise<void> {
    const names = body[0] === 0x53 ? this.statements : this.portals;
    const name = textFrom(body, 1).value;
    if (names.delete(name)) {
      await this.settle();
      if (!this.isSkipping) this.socket.write(frame('3'));
      return;
    }
    if (body[0] === 0x53) this.history.closeStatement(name);
    await this.passed('C', body);
  }

  // Statements

  private async read(sql: string): Promise<ReadStatement> {
    if (CHANGES_TABLES.test(sql)) this.session.forgetOrigins();
    if (namesOfNumbers(sql).length === 0) return { sql, statement: this.session.read(sql) };
    await this.settle();
    const columns = this.status === 'E' ? undefined : await this.lend(() => this.session.columnTypes(sql));
    return { sql, statement: this.session.read(sql, columns) };
  }

  /** Whether PostgreSQL runs it as it is now, and nothing else is to be done. */
  private isPassed({ sql, statement }: ReadStatement): boolean {
    if (statement.kind !== 'sql' || statement.after.length > 0) return false;
    if (statement.commits === true || statement.foldsNames !== undefined) return false;
    // When a COPY is rolled back, there is something to be done.
    return !(this.session.hasFilled && BEGINS_OR_ENDS.test(sql));
  }

  private async run(sql: string): Promise<StatementResult> {
    return { sql, outcome: await this.lend(() => this.session.run(sql)) };
  }

  private async runUnseen(sql: string): Promise<void> {
    await this.lend(() => this.session.runUnseen(sql));
  }

  private async lend<T>(work: () => Promise<T>): Promise<T> {
    return this.engine.lend(async () => {
      try {
        return await work();
      } finally {
        this.status = this.engine.transactionStatus;
      }
    });
  }

  private completion({ sql, outcome: { command, rowCount } }: StatementResult): Buffer {
    const counts = ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY', 'SELECT', 'UNLOAD'];
    if (counts.includes(command)) return frame('C', `${command === 'INSERT' ? 'INSERT 0' : command} ${String(rowCount)}`);
    return frame('C', [command, KIND.exec(sql)?.[1]?.toUpperCase()].join(' ').trim());
  }
}
