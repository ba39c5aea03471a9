import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';

export interface UnloadCommand {
  readonly kind: 'unload';
}

export function readUnload(_draft: Draft): UnloadCommand {
  throw notSupported('UNLOAD', 'it is being built');
}
