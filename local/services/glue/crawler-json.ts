import type { FoundSchema, Sample } from './crawler-schema.ts';
import { mergedType, typeOfValue } from './crawler-types.ts';

const JSON_SERDE = 'org.openx.data.jsonserde.JsonSerDe';

/** What a file is, if it has a JSON object in each of its lines; undefined when it has not. */
export function classifyJsonLines({ text, isWhole }: Sample): FoundSchema | undefined {
  const lines = text.split('\n');
  // It ends in a newline, or was cut off.
  if (!isWhole || lines.at(-1) === '') lines.pop();
  const objects = lines.map(objectIn);
  if (objects.length === 0 || objects.includes(undefined)) return undefined;
  const keys = [...new Set(objects.flatMap((object) => Object.keys(object ?? {})))];
  return {
    classification: 'json',
    columns: keys.map((key) => ({
      name: key.toLowerCase(),
      type: mergedType(objects.map((object) => typeOfValue(object?.[key]))) ?? 'string',
    })),
    records: objects.length,
    serde: { SerializationLibrary: JSON_SERDE, Parameters: { paths: [...keys].sort().join(',') } },
    parameters: {},
  };
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
