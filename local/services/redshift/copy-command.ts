import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';

export interface CopyCommand {
  readonly kind: 'copy';
}

export function readCopy(_draft: Draft): CopyCommand {
  throw notSupported('COPY', 'it is being built');
}
