import { createRequire } from 'node:module';
import type typescript from 'typescript';

/** The parser of JavaScript. Required, not imported: an import of its nine megabytes is read twice, which costs half a second. */
export const parser = createRequire(import.meta.url)('typescript') as typeof typescript;
