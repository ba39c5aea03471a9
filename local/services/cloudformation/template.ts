import type { Template } from '../../template/assembly.ts';
import type { Properties } from '../../template/properties.ts';
import type { CustomResourceDefinition } from './definition.ts';
import { functionNameOf } from '../lambda/template.ts';

/** Whether resources of the type are made by a function. */
export function isCustom(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::');
}

/** A custom resource whose `ServiceToken` is a function. */
export function readCustomResource(properties: Properties): CustomResourceDefinition {
  const { type, logicalId } = properties.place;
  const serviceToken = properties.string('ServiceToken');
  if (!/^arn:aws:lambda:[^:]*:\d+:function:[^:]+$/.test(serviceToken))
    properties.refuse('ServiceToken', `${serviceToken} is not a Lambda function, the one maker that runs locally`);
  return {
    logicalId,
    type,
    functionName: functionNameOf(serviceToken),
    serviceToken,
    properties: inTexts(properties.all()) as Readonly<Record<string, unknown>>,
    timeoutSeconds: properties.wholeNumber('ServiceTimeout', 1, 3_600, 3_600),
  };
}

/** CloudFormation hands every number and truth value over as a text. */
function inTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inTexts);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inTexts(inner)]));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** In the template's order, but none before what it depends on by `DependsOn`, directly or through others. */
export function inOrder<T extends { readonly logicalId: string }>(resources: readonly T[], template: Template): readonly T[] {
  const ordered: T[] = [];
  const visited = new Set<string>();
  const visit = (logicalId: string): void => {
    if (visited.has(logicalId)) return;
    visited.add(logicalId);
    for (const other of [template.Resources[logicalId]?.DependsOn ?? []].flat()) visit(other);
    const resource = resources.find((candidate) => candidate.logicalId === logicalId);
    if (resource !== undefined) ordered.push(resource);
  };
  for (const { logicalId } of resources) visit(logicalId);
  return ordered;
}
