import { util } from '@aws-appsync/utils';
import { normalizeText } from './normalize-text.ts';

/** Refuse an argument that does not match, with `InvalidValue` and what to write instead; else give it back trimmed and composed. */
export function checkedArgument(field: string, value: string, pattern: string, expected: string): string {
  const trimmed = normalizeText(value.trim());
  if (!util.matches(pattern, trimmed)) refuseArgument(field, trimmed.slice(0, 80), expected);
  return trimmed;
}

/** End the field with `InvalidValue` and what to write instead. */
export function refuseArgument(field: string, value: string, expected: string): never {
  return util.error(`${field}: write ${expected}: got "${value}"`, 'InvalidValue', null, { field, value });
}
