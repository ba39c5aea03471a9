import type { SimulateCustomPolicyCommandInput } from '@aws-sdk/client-iam';
import type { Statement } from '../../infra/confirm/offline/policies.ts';

const fits = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  ).test(text);

/** What IAM decides of one action: statements that allow, with their conditions on texts. */
export function decisionOf({
  PolicyInputList = [],
  ActionNames = [],
  ResourceArns = [],
  ContextEntries = [],
}: SimulateCustomPolicyCommandInput) {
  const statements = PolicyInputList.flatMap((text) => (JSON.parse(text) as { Statement: readonly Statement[] }).Statement);
  const [action = ''] = ActionNames;
  const given = (key: string) =>
    ContextEntries.filter(({ ContextKeyName }) => ContextKeyName === key).flatMap(
      ({ ContextKeyValues = [] }) => ContextKeyValues,
    );
  const isMet = ({ Condition = {} }: Statement) =>
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        if (operator !== 'StringEquals' && operator !== 'StringLike')
          throw new Error(`the condition ${operator} is not known here`);
        return given(key).some((value) => values.some((one) => (operator === 'StringLike' ? fits(one, value) : one === value)));
      }),
    );
  const isAllowed = (resource: string) =>
    statements.some(
      (statement) =>
        statement.Action.some((one) => fits(one, action)) &&
        statement.Resource.some((one) => fits(one, resource)) &&
        isMet(statement),
    );
  return {
    EvalActionName: action,
    EvalDecision: ResourceArns.every(isAllowed) ? 'allowed' : 'implicitDeny',
    ResourceSpecificResults: ResourceArns.map((EvalResourceName) => ({
      EvalResourceName,
      EvalResourceDecision: isAllowed(EvalResourceName) ? 'allowed' : 'implicitDeny',
    })),
  };
}
