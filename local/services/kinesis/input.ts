import { ServiceError } from '../../errors.ts';
import { EpochTime } from '../../http/aws-values.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Names of streams, shards and the like. @source Kinesis API Reference */
export const NAME = { pattern: '[a-zA-Z0-9_.-]+', min: 1, max: 128 } as const;

interface TextRule {
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
}

/** Reads the members of a request and collects what is wrong with them, because AWS reports up to ten mistakes at once. */
export class InputCheck {
  private readonly failures: string[] = [];

  constructor(private readonly input: Input) {}

  text(member: string, rule: TextRule = {}): string | undefined {
    const value = this.typed(member, 'string', 'String');
    if (value === undefined) return undefined;
    const at = `Value '${value}' at '${lowerFirst(member)}'`;
    if (rule.values && !rule.values.includes(value))
      this.fail(at, `Member must satisfy enum value set: [${rule.values.join(', ')}]`);
    if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`).test(value)) {
      this.fail(at, `Member must satisfy regular expression pattern: ${rule.pattern}`);
    }
    if (value.length < (rule.min ?? 0)) this.fail(at, `Member must have length greater than or equal to ${String(rule.min)}`);
    if (value.length > (rule.max ?? Infinity)) this.fail(at, `Member must have length less than or equal to ${String(rule.max)}`);
    return value;
  }

  requiredText(member: string, rule: TextRule = {}): string {
    return this.text(member, rule) ?? this.missing(member, '');
  }

  integer(member: string, rule: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.typed(member, 'number', 'Integer');
    if (value === undefined) return undefined;
    const at = `Value '${String(value)}' at '${lowerFirst(member)}'`;
    if (value < rule.min) this.fail(at, `Member must have value greater than or equal to ${String(rule.min)}`);
    if (value > rule.max) this.fail(at, `Member must have value less than or equal to ${String(rule.max)}`);
    return Math.floor(value);
  }

  requiredInteger(member: string, rule: { readonly min: number; readonly max: number }): number {
    return this.integer(member, rule) ?? this.missing(member, 0);
  }

  /** A point in time. @returns ms since epoch */
  time(member: string): number | undefined {
    const time = this.input[member];
    if (time instanceof EpochTime) return time.milliseconds;
    const seconds = this.typed(member, 'number', 'Double');
    return seconds === undefined ? undefined : seconds * 1000;
  }

  texts(member: string): Readonly<Record<string, string>> | undefined {
    const value = this.input[member] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw serialization('Expected map or null');
    const stranger = Object.values(value as Input).find((one) => typeof one !== 'string');
    if (stranger !== undefined) throw serialization(`${javaClass(stranger)} can not be converted to an String`);
    return value as Record<string, string>;
  }

  /** What AWS says about a value that breaks a rule. */
  fail(valueAt: string, constraint: string): void {
    this.failures.push(`${valueAt} failed to satisfy constraint: ${constraint}`);
  }

  /** @throws ServiceError when something was wrong, or when a member is used that has no effect here */
  end(unsupported: readonly string[] = []): void {
    if (this.failures.length > 0) {
      const shown = this.failures.slice(0, 10);
      const plural = shown.length === 1 ? '' : 's';
      throw new ServiceError(
        'ValidationException',
        `${String(shown.length)} validation error${plural} detected: ${shown.join('; ')}`,
      );
    }
    for (const member of unsupported) {
      const value = this.input[member];
      if (value !== undefined && value !== null && value !== false) {
        throw new ServiceError('InvalidArgumentException', `${member} is not supported locally: leave it out`);
      }
    }
  }

  missing<Value>(member: string, instead: Value): Value {
    this.fail(`Value null at '${lowerFirst(member)}'`, 'Member must not be null');
    return instead;
  }

  private typed(member: string, type: 'string', awsType: string): string | undefined;
  private typed(member: string, type: 'number', awsType: string): number | undefined;
  private typed(member: string, type: string, awsType: string): unknown {
    const value = this.input[member] ?? undefined;
    if (value === undefined || typeof value === type) return value;
    if (Array.isArray(value)) throw serialization('Start of list found where not expected');
    if (typeof value === 'object') throw serialization('Start of structure or map found where not expected.');
    throw serialization(`${javaClass(value)} can not be converted to an ${awsType}`);
  }
}

/** A member has the wrong JSON type. */
export function serialization(message: string): ServiceError {
  return new ServiceError('SerializationException', message);
}

/** A member is well-formed but does not fit. */
export function invalidArgument(message: string): ServiceError {
  return new ServiceError('InvalidArgumentException', message);
}

function javaClass(value: unknown): string {
  if (typeof value === 'number') return 'class java.math.BigDecimal';
  return typeof value === 'boolean' ? 'class java.lang.Boolean' : 'class java.lang.String';
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
