import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * For what needs a name in the template and may outlive the stack: the stack's name, and eight hexadecimal digits of its id.
 *
 * @remarks A stack that is made again has another id, so it never finds the names of the one before taken.
 */
export function uniqueName(scope: Construct): string {
  const { stackName, stackId } = Stack.of(scope);
  // arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>
  const uuid = Fn.select(2, Fn.split('/', stackId));
  return `${stackName.toLowerCase()}-${Fn.select(0, Fn.split('-', uuid))}`;
}
