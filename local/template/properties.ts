import type { Place } from './errors.ts';
import { UnsupportedPropertyError } from './errors.ts';

/** Replaces the intrinsic functions of a value at a path inside Properties. */
type Evaluate = (value: unknown, path: string) => unknown;

/**
 * The properties of one resource, read by name, evaluated when asked for.
 *
 * @remarks Every property must be asked for or set aside with a reason; `finish` refuses the rest, so that nothing is silently ignored.
 */
export class Properties {
  private readonly seen = new Set<string>();
  private readonly children: Properties[] = [];

  constructor(
    readonly place: Place,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly evaluate: Evaluate,
    private readonly path = '',
  ) {}

  /** The evaluated value, whatever it is; undefined when absent. */
  value(name: string): unknown {
    this.seen.add(name);
    return Object.hasOwn(this.values, name) ? this.evaluate(this.values[name], this.path + name) : undefined;
  }

  /** Every property that has a value, evaluated, whatever their names are. */
  all(): Readonly<Record<string, unknown>> {
    const entries = Object.keys(this.values).map((name) => [name, this.value(name)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.refuse(name, 'it is required');
  }

  optionalString(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : this.refuse(name, `expected a text, got ${JSON.stringify(value)}`);
  }

  /** A whole number, or a fallback when there is none. @throws UnsupportedPropertyError outside the limits, which are allowed */
  wholeNumber<const T extends number | undefined>(name: string, least: number, most: number, fallback: T): number | T {
    const value = this.optionalNumber(name);
    if (value === undefined) return fallback;
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(name, `${String(value)} is outside ${String(least)} to ${String(most)}`);
  }

  /** CloudFormation takes `"300"` for 300, and so do we. */
  optionalNumber(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number)
      ? number
      : this.refuse(name, `expected a number, got ${JSON.stringify(value)}`);
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return value === 'true' || value === 'false'
      ? value === 'true'
      : this.refuse(name, `expected true or false, got ${JSON.stringify(value)}`);
  }

  /** @throws UnsupportedPropertyError that lists what can be written */
  choice<const T extends string>(name: string, choices: readonly T[], fallback?: NoInfer<T>): T {
    const value = this.optionalString(name) ?? fallback;
    const known = choices.find((one) => one === value);
    return (
      known ??
      this.refuse(
        name,
        `${value === undefined ? 'it is required' : `${value} is not supported locally`}: write ${choices.join(' or ')}`,
      )
    );
  }

  strings(name: string): readonly string[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
    return this.refuse(name, `expected a list of texts, got ${JSON.stringify(value)}`);
  }

  /** A map of free names to texts, such as environment variables. */
  map(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.record(name, this.value(name) ?? {}));
    return Object.fromEntries(entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]));
  }

  optionalObject(name: string): Properties | undefined {
    const written = this.written(name);
    // Member by member, so that what is set aside in it is not evaluated.
    if (isObject(written) && !isIntrinsic(written)) return this.child(written, name, this.evaluate);
    const value = this.value(name);
    return value === undefined ? undefined : this.child(this.record(name, value), name);
  }

  object(name: string): Properties {
    return this.optionalObject(name) ?? this.refuse(name, 'it is required');
  }

  objects(name: string): readonly Properties[] {
    const written = this.written(name);
    const [list, evaluate] =
      Array.isArray(written) && !written.some(isIntrinsic) ? [written as unknown[], this.evaluate] : [this.value(name) ?? []];
    if (!Array.isArray(list)) return this.refuse(name, `expected a list, got ${JSON.stringify(list)}`);
    return list.map((element, index) => {
      const place = `${name}[${String(index)}]`;
      return this.child(this.record(place, element), place, evaluate);
    });
  }

  /** Set aside properties that change nothing locally, each with its reason; they are not even evaluated. */
  ignore(reasons: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(reasons)) this.seen.add(name);
  }

  /** Set aside properties as long as they say what happens locally anyway. @throws UnsupportedPropertyError for another value */
  requireValue(name: string, allowed: unknown, reason: string): void {
    const value = this.value(name);
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(allowed)) {
      this.refuse(
        name,
        `${JSON.stringify(value)} is not supported locally (${reason}): write ${JSON.stringify(allowed)} or leave it out`,
      );
    }
  }

  refuse(name: string, advice: string): never {
    throw new UnsupportedPropertyError(this.place, this.path + name, advice);
  }

  /** @throws UnsupportedPropertyError for the first property that was neither read nor ignored */
  finish(): void {
    for (const child of this.children) child.finish();
    for (const name of Object.keys(this.values))
      if (!this.seen.has(name) && this.value(name) !== undefined) this.refuse(name, 'it is not supported locally');
  }

  /** As it stands in the template, not evaluated. */
  private written(name: string): unknown {
    this.seen.add(name);
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  private child(values: Readonly<Record<string, unknown>>, name: string, evaluate: Evaluate = (value) => value): Properties {
    const child = new Properties(this.place, values, evaluate, `${this.path}${name}.`);
    this.children.push(child);
    return child;
  }

  private record(name: string, value: unknown): Readonly<Record<string, unknown>> {
    return isObject(value) ? value : this.refuse(name, `expected an object, got ${JSON.stringify(value)}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value stands for another one: the evaluation tells which. */
function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [name, second] = Object.keys(value);
  return second === undefined && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
}
