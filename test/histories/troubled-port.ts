import type { Trouble } from './history.ts';
import type { Turns } from './turns.ts';

/** A store cannot be reached, or its answer was lost. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The process is gone: nobody hears of it again. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** One delivery's way to its stores: each call waits for its turn, and the delivery's trouble befalls it. */
export class Troubles {
  private calls = 0;
  private hasCrashed = false;
  private crash: (error: Crash) => void = () => undefined;
  /** Rejects when the process is gone. */
  readonly crashed = new Promise<never>((_resolve, reject) => {
    this.crash = reject;
  });

  constructor(
    private readonly turns: Turns,
    private readonly trouble: Trouble | undefined,
  ) {
    this.crashed.catch(() => undefined);
  }

  async call<T>(act: () => Promise<T>): Promise<T> {
    const place = this.calls++;
    const beforeTheCrash = !this.hasCrashed;
    await this.turns.turn();
    const { kind, from, calls } = this.trouble ?? { kind: 'refused', from: 0, calls: 0 };
    if (this.hasCrashed) {
      if (beforeTheCrash && kind === 'crash-late') await act();
      return new Promise(() => undefined);
    }
    const befallen = place >= from && place < from + calls;
    if (befallen && kind === 'refused') throw new Unavailable('the store is not there');
    if (befallen && kind !== 'unanswered') {
      this.hasCrashed = true;
      if (kind === 'crash-after') await act();
      this.crash(new Crash('the process is gone'));
      if (kind === 'crash-late') await this.turns.turn().then(act);
      return new Promise(() => undefined);
    }
    const answer = await act();
    if (befallen) throw new Unavailable('the store did not answer');
    return answer;
  }

  /** The port, every call of which is one of this delivery's. */
  around<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.call(async () => Reflect.apply(member, target, args) as unknown);
      },
    });
  }
}
