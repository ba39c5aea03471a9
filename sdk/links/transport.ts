/** One POST, as it goes out. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** How bytes get to the API and back. */
export interface Transport {
  post(request: Post): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

/** Over a `fetch` of the caller's: one that traces, goes through a proxy, or answers in a test. */
export function fetchTransport({ href }: URL, fetch: typeof globalThis.fetch): Transport {
  return {
    post: async (request) => {
      const response = await fetch(href, { method: 'POST', ...request });
      return { status: response.status, text: await response.text() };
    },
    close: () => undefined,
  };
}
