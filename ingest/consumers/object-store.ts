/** Where objects are kept: a later put of the same key replaces the object whole. */
export interface ObjectStore {
  put(key: string, body: Buffer, contentType: string, signal: AbortSignal): Promise<void>;
}
