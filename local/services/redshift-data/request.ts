import { ServiceError } from '../../errors.ts';
import { invalid } from './refusals.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Ids of statements and sessions; those of sub-statements end in `:1`, `:2`, … @source service model 2019-12-20, shape UUID */
const ID = '^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\\d+)?$';
const ID_PATTERN = new RegExp(ID);

export function optionalText(input: Input, member: string, limits: { readonly min?: number; readonly max?: number } = {}) {
  const value = input[member] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrongType(member, 'a string', value);
  const { min = 0, max = Infinity } = limits;
  if (value.length < min) throw invalid(`${lower(member)} must have length greater than or equal to ${String(min)}`);
  if (value.length > max) throw invalid(`${lower(member)} must have length less than or equal to ${String(max)}`);
  return value;
}

export function requiredText(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) throw invalid(`${lower(member)} must not be null`);
  return value;
}

/** `Id` or `SessionId`. The text of the refusal is that of AWS. */
export function optionalId(input: Input, member: string): string | undefined {
  const id = optionalText(input, member);
  if (id !== undefined && !ID_PATTERN.test(id)) throw invalid(`${lower(member)} must satisfy regex pattern: ${ID}`);
  return id;
}

export function requiredId(input: Input): string {
  const id = optionalId(input, 'Id');
  if (id === undefined) throw invalid('id must not be null');
  return id;
}

export function optionalInteger(input: Input, member: string, min: number, max: number): number | undefined {
  const value = input[member] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(member, 'an integer', value);
  if (value < min) throw invalid(`${lower(member)} must be greater than or equal to ${String(min)}`);
  if (value > max) throw invalid(`${lower(member)} must be less than or equal to ${String(max)}`);
  return value;
}

export function optionalFlag(input: Input, member: string): boolean | undefined {
  const value = input[member] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw wrongType(member, 'a boolean', value);
  return value;
}

export function oneOf<Value extends string>(input: Input, member: string, values: readonly Value[]): Value | undefined {
  const text = optionalText(input, member);
  if (text === undefined) return undefined;
  const value = values.find((one) => one === text);
  if (value === undefined) throw invalid(`${lower(member)} must satisfy enum value set: [${values.join(', ')}]`);
  return value;
}

/** @unit seconds, 1 to 30 @source service model 2019-12-20, shape WaitTimeSeconds */
export const waitTime = (input: Input): number | undefined => optionalInteger(input, 'WaitTimeSeconds', 1, 30);

/** `Parameters`: texts by name, none of them empty. */
export function sqlParameters(input: Input): Readonly<Record<string, string>> {
  const list = input['Parameters'] ?? undefined;
  if (list === undefined) return {};
  if (!Array.isArray(list)) throw wrongType('Parameters', 'a list', list);
  if (list.length === 0) throw invalid('parameters must have length greater than or equal to 1');
  const parameters: Record<string, string> = {};
  for (const [index, parameter] of (list as readonly unknown[]).entries()) {
    const at = `parameters.${String(index + 1)}.member`;
    if (typeof parameter !== 'object' || parameter === null) throw wrongType(at, 'a structure', parameter);
    const { name, value } = parameter as Input;
    if (typeof name !== 'string' || typeof value !== 'string') throw invalid(`${at}: name and value must be strings`);
    if (!/^[0-9a-zA-Z_]+$/.test(name)) throw invalid(`${at}.name must satisfy regex pattern: ^[0-9a-zA-Z_]+$`);
    if (value === '') throw invalid(`${at}.value must have length greater than or equal to 1`);
    if (Object.hasOwn(parameters, name)) throw invalid(`Parameters list contains the parameter ${name} twice.`);
    parameters[name] = value;
  }
  return parameters;
}

/** A member has the wrong JSON type. */
export function wrongType(member: string, wanted: string, value: unknown): ServiceError {
  return new ServiceError('SerializationException', `${member} must be ${wanted}, got ${JSON.stringify(value)}`);
}

function lower(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}
