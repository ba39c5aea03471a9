import { util } from '@aws-appsync/utils';

/** Refuse an argument that does not match, with `InvalidValue` and what to write instead; else give it back trimmed. */
export function checkedArgument(field: string, value: string, pattern: string, expected: string): string {
  const trimmed = value.trim();
  if (!util.matches(pattern, trimmed))
    util.error(`${field}: write ${expected}: got "${trimmed.slice(0, 80)}"`, 'InvalidValue', null, {
      field,
      value: trimmed.slice(0, 80),
    });
  return trimmed;
}
