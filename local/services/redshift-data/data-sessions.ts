import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { RedshiftSession } from '../redshift/service.ts';
import { TEXTS, exceeded, invalid } from './refusals.ts';
import type { Target } from './statement.ts';

export type SessionStatus = 'AVAILABLE' | 'BUSY' | 'CLOSED';

/** A session that outlives its statements, so that temporary tables and settings stay. */
export interface DataSession {
  readonly id: string;
  readonly target: Target;
  /** @unit ms since epoch */
  readonly createdAt: number;
  updatedAt: number;
  /** How long it may be idle. @unit seconds */
  keepAlive: number;
  status: SessionStatus;
  /** The statement that runs in it. */
  current: string | undefined;
  /** When it will be closed, while it is idle. @unit ms since epoch */
  expiresAt: number | undefined;
  /** Absent until its first statement runs. */
  connection: RedshiftSession | undefined;
}

/** @source Redshift Data API Reference, ExecuteStatement, SessionKeepAliveSeconds */
const MAX_AGE_MS = 24 * 3_600_000;
/** How many closed sessions are still listed. AWS does not say. */
const CLOSED_SESSIONS = 1_000;

/** The sessions that SessionKeepAliveSeconds opens and SessionId uses. */
export class DataSessions {
  private readonly sessions = new Map<string, DataSession>();
  private readonly expiry = new Map<DataSession, AbortController>();

  /** @param quota - how many may be open at once */
  constructor(
    private readonly clock: Clock,
    private readonly quota: number,
  ) {}

  /** A new one, busy with its first statement. @throws ServiceError ActiveSessionsExceededException */
  create(target: Target, keepAlive: number, statementId: string): DataSession {
    const open = [...this.sessions.values()].filter(({ status }) => status !== 'CLOSED');
    if (open.length >= this.quota)
      throw exceeded('ActiveSessions', `Active sessions exceeded the allowed quota (${String(this.quota)}).`);
    const createdAt = this.clock.now();
    const session: DataSession = {
      id: randomUUID(),
      target,
      createdAt,
      updatedAt: createdAt,
      keepAlive,
      status: 'BUSY',
      current: statementId,
      expiresAt: undefined,
      connection: undefined,
    };
    this.sessions.set(session.id, session);
    this.forgetClosed();
    return session;
  }

  /** @throws ServiceError when there never was such a session of this owner */
  find(id: string, owner: string): DataSession {
    const session = this.sessions.get(id);
    if (session?.target.owner !== owner) throw invalid(TEXTS.invalidSession(id));
    return session;
  }

  /** Let it run a statement. @throws ServiceError when it is busy or closed */
  take(session: DataSession, statementId: string, keepAlive = session.keepAlive): void {
    if (session.status !== 'AVAILABLE') throw invalid(TEXTS.sessionUnavailable);
    this.expiry.get(session)?.abort();
    Object.assign(session, {
      keepAlive,
      status: 'BUSY',
      current: statementId,
      expiresAt: undefined,
      updatedAt: this.clock.now(),
    });
  }

  /** Its statement ended: from now on it is idle, but not for longer than it may live. */
  async release(session: DataSession): Promise<void> {
    const now = this.clock.now();
    const expiresAt = Math.min(now + session.keepAlive * 1000, session.createdAt + MAX_AGE_MS);
    if (expiresAt <= now) {
      await this.close(session);
      return;
    }
    Object.assign(session, { status: 'AVAILABLE', current: undefined, expiresAt, updatedAt: now });
    const idle = new AbortController();
    this.expiry.set(session, idle);
    void this.clock.wait(expiresAt - now, idle.signal).then(() => (idle.signal.aborted ? undefined : this.close(session)));
  }

  async close(session: DataSession): Promise<void> {
    if (session.status === 'CLOSED') return;
    this.expiry.get(session)?.abort();
    this.expiry.delete(session);
    Object.assign(session, { status: 'CLOSED', current: undefined, expiresAt: undefined, updatedAt: this.clock.now() });
    await session.connection?.close();
  }

  /** Oldest first. */
  list(): readonly DataSession[] {
    return [...this.sessions.values()];
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.list().map((session) => this.close(session)));
  }

  private forgetClosed(): void {
    const closed = this.list().filter(({ status }) => status === 'CLOSED');
    for (const { id } of closed.slice(0, Math.max(0, closed.length - CLOSED_SESSIONS))) this.sessions.delete(id);
  }
}
