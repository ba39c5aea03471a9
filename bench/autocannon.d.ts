// autocannon 9 has no types: what we use of it.
declare module 'autocannon' {
  interface Request {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }

  interface Options {
    readonly url: string;
    readonly connections: number;
    /** @unit seconds */
    readonly duration: number;
    /** Each connection sends them in turn. */
    readonly requests: readonly Request[];
  }

  interface Result {
    /** @unit seconds */
    readonly duration: number;
    readonly errors: number;
    readonly non2xx: number;
    readonly requests: { readonly total: number };
    /** @unit milliseconds */
    readonly latency: { readonly p50: number; readonly p99: number };
  }

  export default function autocannon(options: Options): Promise<Result>;
}
