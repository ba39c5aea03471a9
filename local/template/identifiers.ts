import type { Template, TemplateResource } from './assembly.ts';
import { UnresolvableError } from './errors.ts';
import type { Home, IdentifiedResource, Identity } from './identities.ts';
import { identityOf, opaqueId, uuidFrom } from './identities.ts';
import type { PseudoParameters, References } from './intrinsics.ts';
import { Intrinsics } from './intrinsics.ts';

/** Names, ARNs and addresses of one stack's resources, and the evaluation of its template with them. */
export class Identifiers {
  readonly intrinsics: Intrinsics;
  /** What is known only when the stack is up, by `<logical id>.<attribute>`, and `<logical id>` for what `Ref` gives. */
  private readonly lateValues = new Map<string, string>();

  constructor(
    private readonly template: Template,
    readonly home: Home,
  ) {
    const references: References = {
      ref: (logicalId, where) => this.ref(logicalId, where),
      attribute: (logicalId, attribute, where) => this.attribute(logicalId, attribute, where),
    };
    this.intrinsics = new Intrinsics(template, pseudoParameters(home), references);
  }

  /** Say where a service listens; from then on `Fn::GetAtt` of that attribute has a value. */
  setAddress(logicalId: string, attribute: string, address: string): void {
    this.lateValues.set(`${logicalId}.${attribute}`, address);
  }

  /** Say what a custom resource has become; from then on `Ref` and `Fn::GetAtt` of it have values. */
  setCustomResource(logicalId: string, physicalId: string, attributes: Readonly<Record<string, unknown>>): void {
    this.lateValues.set(logicalId, physicalId);
    for (const [name, value] of Object.entries(attributes)) {
      this.lateValues.set(`${logicalId}.${name}`, typeof value === 'string' ? value : JSON.stringify(value));
    }
  }

  /** Whether the resource exists: absent ones have a condition that is false. */
  exists(logicalId: string): boolean {
    const condition = this.template.Resources[logicalId]?.Condition;
    return condition === undefined || this.intrinsics.condition(condition, `Resources.${logicalId}`);
  }

  ref(logicalId: string, where: string): string {
    const [identity, resource] = this.identify(logicalId, `Ref ${logicalId}`, where);
    return identity.ref?.(resource) ?? this.lateValues.get(logicalId) ?? refuseUnknown(`Ref ${logicalId}`, where);
  }

  attribute(logicalId: string, attribute: string, where: string): string {
    const expression = `Fn::GetAtt ${logicalId}.${attribute}`;
    const [identity, resource] = this.identify(logicalId, expression, where);
    const value = identity.attributes?.[attribute]?.(resource) ?? this.lateValues.get(`${logicalId}.${attribute}`);
    if (value !== undefined) return value;
    if (identity.late === 'all' || identity.late?.includes(attribute) === true) return refuseUnknown(expression, where);
    throw new UnresolvableError(expression, where, `${this.type(logicalId)} has no such attribute locally`);
  }

  private identify(logicalId: string, expression: string, where: string): [Identity, IdentifiedResource] {
    const declared = this.template.Resources[logicalId];
    if (declared === undefined || !this.exists(logicalId))
      throw new UnresolvableError(expression, where, 'there is no such resource');
    const identity = identityOf(declared.Type);
    if (identity === undefined) throw new UnresolvableError(expression, where, `${declared.Type} has no local value to refer to`);
    return [identity, this.identified(logicalId, declared, identity)];
  }

  private identified(logicalId: string, declared: TemplateResource, { nameProperty, nameRule }: Identity): IdentifiedResource {
    const property = (name: string): string => {
      const value = this.intrinsics.evaluate(propertyAt(declared.Properties, name), `Resources.${logicalId}.Properties.${name}`);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    const home = this.home;
    return {
      ...home,
      logicalId,
      property,
      opaqueId: (length) => opaqueId(`${home.stackName}/${logicalId}`, length),
      get name() {
        const given = nameProperty === undefined ? '' : property(nameProperty);
        const made = `${home.stackName}-${logicalId}`;
        return given === '' ? (nameRule?.(made) ?? made) : given;
      },
    };
  }

  private type(logicalId: string): string {
    return this.template.Resources[logicalId]?.Type ?? logicalId;
  }
}

/** @param path - names with dots between them, such as `DatabaseInput.Name` */
function propertyAt(properties: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((within, name) => (within as Record<string, unknown> | undefined)?.[name], properties);
}

function refuseUnknown(expression: string, where: string): never {
  throw new UnresolvableError(expression, where, 'it is known only when the stack is up: use it in Outputs');
}

function pseudoParameters({ accountId, region, stackName }: Home): PseudoParameters {
  return {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${uuidFrom(opaqueId(stackName, 32))}`,
  };
}
