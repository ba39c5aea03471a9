/** One POST, as it goes out. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** What comes back. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The header `x-amzn-requestid`. */
  readonly requestId: string | undefined;
}

/** How bytes get to the API and back. */
export interface Transport {
  post(request: Post): Promise<Reply>;
  close(): void;
}

/** The header in which AWS names a request. */
export const REQUEST_ID = 'x-amzn-requestid';

/** Over a `fetch` of the caller's: one that traces, goes through a proxy, or answers in a test. */
export function fetchTransport({ href }: URL, fetch: typeof globalThis.fetch): Transport {
  return {
    post: async (request) => {
      const response = await fetch(href, { method: 'POST', ...request });
      return {
        status: response.status,
        text: await response.text(),
        requestId: response.headers.get(REQUEST_ID) ?? undefined,
      };
    },
    close: () => undefined,
  };
}
