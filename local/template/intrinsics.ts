import type { Template } from './assembly.ts';
import { UnresolvableError } from './errors.ts';

/** What references to resources become: local names, ARNs and addresses. */
export interface References {
  /** @throws UnresolvableError when the resource has no local value */
  ref(this: void, logicalId: string, where: string): string;
  /** @throws UnresolvableError when the attribute has no local value; never a placeholder */
  attribute(this: void, logicalId: string, attribute: string, where: string): string;
}

/** `AWS::AccountId`, `AWS::Region` and the others. */
export type PseudoParameters = Readonly<Record<string, string>>;

/** The value of `AWS::NoValue`: the property, or the place in the list, is absent. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Arguments of an intrinsic function, where it stands in the template for messages. */
type Intrinsic = (argument: unknown, where: string) => unknown;

/** Evaluates the intrinsic functions of one template, value by value: a value that is not read is never evaluated. */
export class Intrinsics {
  constructor(
    private readonly template: Template,
    private readonly pseudo: PseudoParameters,
    private readonly references: References,
  ) {}

  /** @returns the value with every intrinsic function replaced; undefined for `AWS::NoValue` */
  evaluate(value: unknown, where: string): unknown {
    const result = this.visit(value, where);
    return result === NO_VALUE ? undefined : result;
  }

  /** @throws UnresolvableError when the template has no such condition */
  condition(name: string, where: string): boolean {
    const expression = this.template.Conditions?.[name];
    if (expression === undefined)
      throw new UnresolvableError(`Condition ${name}`, where, 'the template has no condition of this name');
    return this.truth(expression, `Conditions.${name}`);
  }

  private readonly functions: Readonly<Record<string, Intrinsic>> = {
    Ref: (name, where) => this.ref(text(name, 'Ref', where), where),
    'Fn::GetAtt': (argument, where) => {
      const [logicalId = '', ...path] =
        typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt', where).map((part) => String(part));
      return this.references.attribute(logicalId, path.join('.'), where);
    },
    'Fn::Sub': (argument, where) => this.sub(argument, where),
    'Fn::Join': (argument, where) => {
      const [separator, parts] = list(argument, 'Fn::Join', where);
      return list(this.visit(parts, where), 'Fn::Join', where)
        .map((part) => text(part, 'Fn::Join', where))
        .join(text(separator, 'Fn::Join', where));
    },
    'Fn::Split': (argument, where) => {
      const [separator, whole] = list(argument, 'Fn::Split', where);
      return text(this.visit(whole, where), 'Fn::Split', where).split(text(separator, 'Fn::Split', where));
    },
    'Fn::Select': (argument, where) => {
      const [index, choices] = list(this.visit(argument, where), 'Fn::Select', where);
      const choice = list(choices, 'Fn::Select', where)[Number(index)];
      if (choice === undefined) throw new UnresolvableError('Fn::Select', where, `there is no element ${String(index)}`);
      return choice;
    },
    'Fn::If': (argument, where) => {
      const [name, whenTrue, whenFalse] = list(argument, 'Fn::If', where);
      return this.visit(this.condition(text(name, 'Fn::If', where), where) ? whenTrue : whenFalse, where);
    },
    'Fn::FindInMap': (argument, where) => {
      const [map, first, second] = list(this.visit(argument, where), 'Fn::FindInMap', where).map((part) =>
        text(part, 'Fn::FindInMap', where),
      );
      const found = this.template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
      if (found === undefined)
        throw new UnresolvableError(`Fn::FindInMap ${[map, first, second].join('.')}`, where, 'Mappings has no such entry');
      return found;
    },
    'Fn::Base64': (argument, where) => Buffer.from(text(this.visit(argument, where), 'Fn::Base64', where)).toString('base64'),
    'Fn::GetAZs': (argument, where) => {
      const asked = this.visit(argument, where);
      const region = asked === '' ? this.ref('AWS::Region', where) : text(asked, 'Fn::GetAZs', where);
      return ['a', 'b', 'c'].map((zone) => `${String(region)}${zone}`);
    },
  };

  private visit(value: unknown, where: string): unknown {
    if (Array.isArray(value)) return value.map((element) => this.visit(element, where)).filter((element) => element !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value as Record<string, unknown>);
    const [first] = entries;
    if (first !== undefined && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      const intrinsic = this.functions[first[0]];
      if (intrinsic === undefined)
        throw new UnresolvableError(first[0], where, 'this intrinsic function is not supported locally');
      return intrinsic(first[1], where);
    }
    const visited = entries.map(([key, inner]) => [key, this.visit(inner, where)] as const);
    return Object.fromEntries(visited.filter(([, inner]) => inner !== NO_VALUE));
  }

  private ref(name: string, where: string): unknown {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (Object.hasOwn(this.pseudo, name)) return this.pseudo[name];
    const parameter = this.template.Parameters?.[name];
    if (parameter === undefined) return this.references.ref(name, where);
    if (parameter.Default === undefined)
      throw new UnresolvableError(`Ref ${name}`, where, 'the parameter has no default, and there is nobody to ask');
    if (parameter.Type.startsWith('AWS::SSM::'))
      throw new UnresolvableError(`Ref ${name}`, where, 'the value of an SSM parameter exists only at AWS');
    const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
    return isList
      ? String(parameter.Default)
          .split(',')
          .map((part) => part.trim())
      : String(parameter.Default);
  }

  private sub(argument: unknown, where: string): string {
    const [pattern, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
    const own = (variables ?? {}) as Record<string, unknown>;
    return text(pattern, 'Fn::Sub', where).replace(/\$\{([^}]*)\}/g, (_whole, inside: string) => {
      const name = inside.trim();
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(own, name)) return text(this.visit(own[name], where), 'Fn::Sub', where);
      const [logicalId = '', ...path] = name.split('.');
      return path.length === 0
        ? text(this.ref(name, where), 'Fn::Sub', where)
        : this.references.attribute(logicalId, path.join('.'), where);
    });
  }

  private truth(expression: unknown, where: string): boolean {
    if (typeof expression === 'boolean') return expression;
    const [name, argument] = Object.entries((expression ?? {}) as Record<string, unknown>)[0] ?? ['nothing', undefined];
    const each = (): boolean[] => list(argument, name, where).map((part) => this.truth(part, where));
    switch (name) {
      case 'Condition':
        return this.condition(String(argument), where);
      case 'Fn::Equals': {
        const [left, right] = list(this.visit(argument, where), name, where).map((side) => JSON.stringify(side));
        return left === right;
      }
      case 'Fn::And':
        return each().every(Boolean);
      case 'Fn::Or':
        return each().some(Boolean);
      case 'Fn::Not':
        return !each().some(Boolean);
      default:
        throw new UnresolvableError(name, where, 'this condition function is not supported locally');
    }
  }
}

function text(value: unknown, name: string, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new UnresolvableError(name, where, `expected a text, got ${JSON.stringify(value)}`);
}

function list(value: unknown, name: string, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new UnresolvableError(name, where, `expected a list, got ${JSON.stringify(value)}`);
}
