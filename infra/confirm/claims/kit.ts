import type { Claim } from '../claim.ts';

/** What the kit itself relies on: where one of these is otherwise, a check fails and not a stage. */
export const kitClaims: readonly Claim[] = [
  {
    id: 'confirm-evaluate-code-env',
    area: 'This kit',
    claim: '`EvaluateCode` gives a handler the variables that the context has under `env`.',
    look: 'Run `confirm -- offline`: where it is otherwise, `appsync-bundles-run` differs for handlers that read `ctx.env`.',
  },
  {
    id: 'confirm-simulator-foreign',
    area: 'This kit',
    claim: '`SimulateCustomPolicy` judges resources that are not there, and knows every action that the code calls.',
    look: 'Run `confirm -- offline`: where it is otherwise, `rights-by-policy` could not be checked, and says why.',
  },
  {
    id: 'confirm-quota-names',
    area: 'This kit',
    claim: 'Service Quotas lists the tokens of AppSync and the write units of a table under the names that the kit looks for.',
    look: 'Run `confirm -- offline`: where it is otherwise, it says that Service Quotas does not tell them.',
  },
  {
    id: 'confirm-workgroup-default-network',
    area: 'This kit',
    claim: 'A workgroup for which no subnet is named gets those of the default network, in enough zones.',
    look: 'Run `confirm -- warehouse` in an account that still has its default network.',
  },
];
