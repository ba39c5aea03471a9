import { invalid } from './refusals.ts';
import type { Part, Statement } from './statement.ts';

/** @source Redshift Management Guide, "Considerations when calling the Amazon Redshift Data API" */
export const RESULT_RETENTION_MS = 24 * 3_600_000;
const TOKEN_RETENTION_MS = 8 * 3_600_000;

export interface StoreLimits {
  /** How many statements are remembered; the oldest that ended are forgotten first. AWS has no such limit. */
  readonly statements: number;
  /** How much of results is kept in memory; the oldest are dropped first, the newest never. AWS has no such limit. @unit bytes */
  readonly resultBytes: number;
}
export const STORE_LIMITS: StoreLimits = { statements: 10_000, resultBytes: 128 * 1024 * 1024 };

interface Entry {
  readonly statement: Statement;
  readonly sequence: number;
  readonly token: TokenUse | undefined;
}

/** A ClientToken and the request it came with. */
export interface TokenUse {
  /** With its owner: two callers may use the same token. */
  readonly key: string;
  /** Equal for equal requests. */
  readonly fingerprint: string;
}

/** All statements that are still known, with what is left of their results. In memory: they are gone when the process ends. */
export class StatementStore {
  private readonly entries = new Map<string, Entry>();
  private readonly tokens = new Map<string, Entry>();
  private readonly withResults = new Set<Part>();
  private resultBytes = 0;
  private sequence = 0;

  constructor(
    private readonly limits: StoreLimits,
    private readonly now: () => number,
  ) {}

  add(statement: Statement, token: TokenUse | undefined): void {
    const entry = { statement, sequence: (this.sequence += 1), token };
    this.entries.set(statement.id, entry);
    if (token !== undefined) this.tokens.set(token.key, entry);
    this.forgetOld();
  }

  /** @throws ServiceError when the token came with another request */
  findByToken({ key, fingerprint }: TokenUse): Statement | undefined {
    const entry = this.tokens.get(key);
    if (entry === undefined || entry.statement.progress.createdAt <= this.now() - TOKEN_RETENTION_MS) return undefined;
    if (entry.token?.fingerprint !== fingerprint)
      throw invalid('ClientToken was already used with other parameters: give every request a token of its own.');
    return entry.statement;
  }

  /** @param id - of a statement or of a sub-statement; the latter's part comes with it */
  find(id: string): { readonly statement: Statement; readonly part: Part | undefined } | undefined {
    const [statementId = ''] = id.split(':');
    const statement = this.entries.get(statementId)?.statement;
    if (statement === undefined) return undefined;
    const part = statement.parts.find((one) => one.id === id);
    return id === statementId || part !== undefined ? { statement, part } : undefined;
  }

  /** Newest first. @param before - a sequence number: only what is older */
  *list(before = Infinity): Generator<{ readonly statement: Statement; readonly sequence: number }> {
    for (const entry of [...this.entries.values()].reverse()) if (entry.sequence < before) yield entry;
  }

  /** Make room for the result of this part, which just came. */
  keep(part: Part): void {
    this.withResults.add(part);
    this.resultBytes += part.result?.keptBytes ?? 0;
    for (const oldest of this.withResults) {
      if (this.resultBytes <= this.limits.resultBytes || oldest === part) break;
      this.drop(oldest);
    }
  }

  private drop(part: Part): void {
    if (!this.withResults.delete(part)) return;
    this.resultBytes -= part.result?.keptBytes ?? 0;
    part.result = undefined;
  }

  private forgetOld(): void {
    const oldest = this.now() - RESULT_RETENTION_MS;
    for (const { statement, token } of this.entries.values()) {
      if (this.entries.size <= this.limits.statements && statement.progress.createdAt > oldest) break;
      if (!statement.progress.isOver) continue;
      this.entries.delete(statement.id);
      if (token !== undefined && this.tokens.get(token.key)?.statement === statement) this.tokens.delete(token.key);
      for (const part of statement.parts) this.drop(part);
    }
  }
}
