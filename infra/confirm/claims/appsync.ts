import type { Claim } from '../claim.ts';
import { bundlesAreSaved, emptyVariablesAreTaken, introspectionPassesTheDepthLimit, schemaIsTaken } from '../api/checks.ts';
import { bundlesRunAlike } from '../offline/evaluation.ts';

export const appsyncClaims: readonly Claim[] = [
  {
    id: 'appsync-bundles-run',
    area: 'AppSync',
    claim: 'Every bundle runs as APPSYNC_JS, and each handler comes to what it comes to on the local runtime.',
    step: 'offline',
    how: '`EvaluateCode` of each bundle with recorded contexts, compared with the local runtime.',
    check: bundlesRunAlike,
  },
  {
    id: 'appsync-empty-environment',
    area: 'AppSync',
    claim: 'AppSync takes environment variables without a value, as stage `lean` has them.',
    step: 'api',
    how: 'Sets such variables on the API.',
    check: emptyVariablesAreTaken,
  },
  {
    id: 'appsync-log-group',
    area: 'AppSync',
    claim: 'AppSync has not yet made its log group when CloudFormation makes it, although both choose the same name.',
    look: 'Deploy any stage twice, with `npm run destroy` in between.',
  },
  {
    id: 'appsync-depth-and-introspection',
    area: 'AppSync',
    claim: 'The limit on the depth of a query is no matter of introspection, which is deeper.',
    step: 'api',
    how: "Asks for the schema as GraphQL's own clients do, thirteen levels deep, of an API with the limit of the stack.",
    check: introspectionPassesTheDepthLimit,
  },
  {
    id: 'appsync-schema-taken',
    area: 'AppSync',
    claim: 'AppSync takes the schema.',
    step: 'api',
    how: '`StartSchemaCreation` with `schema/schema.graphql`.',
    check: schemaIsTaken,
  },
  {
    id: 'appsync-bundles-saved',
    area: 'AppSync',
    claim: 'AppSync saves the code of every bundle.',
    step: 'api',
    how: '`CreateFunction` with each bundle: there AppSync checks it as in a deployment.',
    check: bundlesAreSaved,
  },
];
