import { vi } from 'vitest';

/** What is awaited comes at once on an idle machine, and much later on one that does other work: a test fails on its own limit first. */
const PATIENCE = 30_000;

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) => waitFor(callback, withPatience(options));
vi.waitUntil = (callback, options) => waitUntil(callback, withPatience(options));

const withPatience = (options: number | { readonly timeout?: number; readonly interval?: number } = {}) =>
  typeof options === 'number' ? options : { timeout: PATIENCE, ...options };
