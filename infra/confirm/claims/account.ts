import type { Claim } from '../claim.ts';
import { concurrencyIsEnough, tokensAreEnough, writesAreEnough, zonesAreEnough } from '../offline/limits.ts';
import { rolesMayWhatTheyCall } from '../offline/simulation.ts';

export const accountClaims: readonly Claim[] = [
  {
    id: 'account-lambda-concurrency',
    area: 'The account',
    claim: 'The account may run at least ten functions at once.',
    step: 'offline',
    how: 'The unreserved concurrency of `GetAccountSettings`.',
    check: concurrencyIsEnough,
  },
  {
    id: 'account-appsync-tokens',
    area: 'The account',
    claim: 'AppSync takes at least 1,000 request tokens a second from the account.',
    step: 'offline',
    how: 'The quota as Service Quotas lists it.',
    check: tokensAreEnough,
  },
  {
    id: 'account-dynamodb-writes',
    area: 'The account',
    claim: 'A table may write as many units a second as the fuse of `prod` admits.',
    step: 'offline',
    how: 'The quota as Service Quotas lists it, beside the highest fuse of the template.',
    check: writesAreEnough,
  },
  {
    id: 'account-zones',
    area: 'The account',
    claim: 'The region has as many zones as Redshift Serverless asks for.',
    step: 'offline',
    how: 'The available zones of `DescribeAvailabilityZones`, with their ids.',
    check: zonesAreEnough,
  },
  {
    id: 'rights-by-policy',
    area: 'Rights',
    claim: "Each role's policy allows every call of its code on what is the stack's, and none elsewhere.",
    step: 'offline',
    how: '`SimulateCustomPolicy` with the policies of `prod`, for each call that the code of functions and resolvers makes.',
    check: rolesMayWhatTheyCall,
  },
  {
    id: 'rights-suffice',
    area: 'Rights',
    claim: 'No call of a running stage is refused for want of a right.',
    look: 'Deploy stage `dev`, send, import and ask; then look for `AccessDenied` in CloudTrail.',
  },
];
