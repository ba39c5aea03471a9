import type { CodeToEvaluate } from '@tillgraph/local-aws';
import { CodeEvaluator } from '@tillgraph/local-aws/testing/appsync';
import { readFilterPattern } from '@tillgraph/local-aws/testing/cloudwatch';
import type { Aws, CallName, Calls } from '../../infra/confirm/aws.ts';
import { decisionOf } from './policy-decision.ts';

export type Answers = { readonly [Name in CallName]?: (input: Calls[Name][0]) => object };

/** One for all tests of a file: loading is what takes time. */
export const evaluator = new CodeEvaluator();

/** An account with plenty of everything, whose runtime is the local one. */
const PLENTY: Answers = {
  'sts:GetCallerIdentity': () => ({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/somebody' }),
  'appsync:EvaluateCode': ({ code, context, function: handler }) =>
    evaluator.evaluate({ code: code ?? '', context: context ?? '', function: handler as CodeToEvaluate['function'] }),
  'logs:TestMetricFilter': ({ filterPattern = '', logEventMessages = [] }) => ({
    matches: logEventMessages.flatMap((line, index) =>
      readFilterPattern(filterPattern, 'the pattern')(line) ? [{ eventNumber: index + 1 }] : [],
    ),
  }),
  'iam:SimulateCustomPolicy': (input) => ({ EvaluationResults: [decisionOf(input)] }),
  'lambda:GetAccountSettings': () => ({ AccountLimit: { UnreservedConcurrentExecutions: 1_000 } }),
  'servicequotas:ListServiceQuotas': ({ ServiceCode, NextToken }) =>
    NextToken === undefined
      ? { Quotas: [{ QuotaName: 'Something else', Value: 1 }], NextToken: 'second page' }
      : { Quotas: [ServiceCode === 'dynamodb' ? WRITES : { QuotaName: 'Rate of request tokens', Value: 2_000 }] },
  'ec2:DescribeAvailabilityZones': () => ({
    AvailabilityZones: ['a', 'b', 'c'].map((zone, index) => ({
      ZoneName: `us-east-1${zone}`,
      ZoneId: `use1-az${String(index + 1)}`,
    })),
  }),
};

const WRITES = { QuotaName: 'Table-level write throughput limit', Value: 40_000 };

/** AWS as far as nothing is made there. @param answers - what it says otherwise */
export const localAws =
  (answers: Answers = {}): Aws =>
  async (name, input) => {
    const answer = (answers[name] ?? PLENTY[name]) as ((input: unknown) => object) | undefined;
    if (answer === undefined) throw new Error(`nobody answers ${name}`);
    return answer(input) as never;
  };
