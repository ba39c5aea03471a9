import type { LeaseStore } from '../../ingest/warehouse/lease.ts';

interface Held {
  readonly holder: string;
  readonly until: number;
  /** Whether another has asked for it. */
  readonly isNoted: boolean;
}

/** What a lease is, in memory. */
export class MemoryLease implements LeaseStore {
  held: Held | undefined;

  /** @param call - how each call is made */
  constructor(private readonly call: <T>(effect: () => T) => Promise<T> = (effect) => Promise.resolve(effect())) {}

  take(holder: string, now: number, until: number): Promise<'taken' | 'noted'> {
    return this.call(() => {
      const { held } = this;
      if (held !== undefined && held.until > now) {
        this.held = { ...held, isNoted: true };
        return 'noted';
      }
      this.held = { holder, until, isNoted: false };
      return 'taken';
    });
  }

  renew(holder: string, until: number): Promise<boolean> {
    return this.call(() => this.change(holder, (held) => ({ ...held, until })));
  }

  release(holder: string): Promise<boolean> {
    return this.call(() => {
      const wasNoted = this.held?.holder === holder && this.held.isNoted;
      this.change(holder, (held) => (wasNoted ? { ...held, isNoted: false } : undefined));
      return !wasNoted;
    });
  }

  abandon(holder: string): Promise<void> {
    return this.call(() => {
      this.change(holder, () => undefined);
    });
  }

  private change(holder: string, next: (held: Held) => Held | undefined): boolean {
    if (this.held?.holder !== holder) return false;
    this.held = next(this.held);
    return true;
  }
}
