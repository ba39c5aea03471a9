import type { Claim } from '../claim.ts';
import { devDeploysOverLean, doorsTakeLines, isDeployedAgain, leanDeploys, storesAgree } from '../stage/checks.ts';

/** Of a deployment as a whole: what CloudFormation and the services behind its types take. */
export const stackClaims: readonly Claim[] = [
  {
    id: 'stage-lean-deploys',
    area: 'The stack',
    claim: 'A first deployment of stage `lean` succeeds.',
    step: 'stage',
    how: "Deploys it by the CDK's command, under a name of the kit's own.",
    check: leanDeploys,
  },
  {
    id: 'stage-dev-over-lean',
    area: 'The stack',
    claim: 'A stack of stage `lean` can be made one of stage `dev`, with its warehouse, by another deployment.',
    step: 'stage',
    how: 'Deploys `dev` over it.',
    check: devDeploysOverLean,
  },
  {
    id: 'stage-doors-take-lines',
    area: 'The stack',
    claim: 'The GraphQL API and the HTTP door take lines from whoever may write.',
    step: 'stage',
    how: 'Sends 50 lines to each, signed with the credentials of the run.',
    check: doorsTakeLines,
  },
  {
    id: 'stage-stores-agree',
    area: 'The stack',
    claim:
      'What was sent and what was imported is in every store, each line once: in the tables, in `raw/`, in the warehouse and in `curated/`.',
    step: 'stage',
    how: 'Sends the same 100 lines again, puts one file of 20, and counts lines, units and money of each store until they agree, for 45 minutes at the most.',
    check: storesAgree,
  },
  {
    id: 'destroy-then-deploy-again',
    area: 'The stack',
    claim: 'A stage that was destroyed can be deployed again at once: no name of it is still taken.',
    step: 'stage',
    how: 'Empties the bucket, deletes the stack, and deploys `dev` again under the same name.',
    check: isDeployedAgain,
  },
  {
    id: 'workgroup-max-capacity-8',
    area: 'The stack',
    claim: 'A workgroup of 4 RPU takes a maximum capacity of 8.',
    look: 'Deploy stage `dev`: the workgroup comes to stand, and the console shows 8 as its maximum.',
  },
  {
    id: 'workgroup-two-subnets',
    area: 'The stack',
    claim: 'A workgroup without enhanced routing takes two subnets in two zones.',
    look: 'Deploy stage `dev` with `zones` of two: the workgroup comes to stand.',
  },
  {
    id: 'trust-conditions-suffice',
    area: 'The stack',
    claim: 'Every service assumes its role although the trust asks for the account as `aws:SourceAccount`.',
    look: 'Deploy stage `dev`, send, import and crawl; then look for refusals of `AssumeRole` in CloudTrail.',
  },
  {
    id: 'table-protection-survives-update',
    area: 'The stack',
    claim:
      'An update of a table by CloudFormation leaves the protection from deletion that a custom resource has set, because the template says nothing of it.',
    look: 'Deploy stage `prod`, change the write units of a table, deploy again, and see that both tables are still protected.',
  },
  {
    id: 'custom-resource-rollback-order',
    area: 'The stack',
    claim:
      'When a first deployment fails, CloudFormation deletes the custom resources that protect the tables before the tables, so the protection is off by then.',
    look: 'Deploy stage `prod` with something that fails last, such as a taken name, and see that nothing is left.',
  },
  {
    id: 'encrypted-topic-takes-alarms',
    area: 'The stack',
    claim: 'An alarm publishes to a topic that is encrypted with a key whose policy names CloudWatch.',
    look: 'Deploy stage `prod` and set an alarm with `aws cloudwatch set-alarm-state`: the mail comes.',
  },
  {
    id: 'schedule-dead-letter-queue',
    area: 'The stack',
    claim: 'A schedule and a rule put an event that they could not hand over into the queue, with the rights that they have.',
    look: 'Take from the role of a schedule the right to call its target, and see the event in the queue after its last try.',
  },
  {
    id: 'usage-limit-delete-unknown-id',
    area: 'The stack',
    claim:
      'To delete a usage limit whose id is not there is refused with `ResourceNotFoundException` or `ValidationException`, and nothing else.',
    look: 'Run `aws redshift-serverless delete-usage-limit` with an id that was made up.',
  },
  {
    id: 'env-var-from-stack-id',
    area: 'The stack',
    claim: "An API's environment variable may be a part of the stack's id, which CloudFormation puts together.",
    look: 'Deploy any stage, and ask the API for two pages of invoices: the token of the first gives the second.',
  },
];
