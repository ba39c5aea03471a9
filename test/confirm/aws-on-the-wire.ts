import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { CallName } from '../../infra/confirm/aws.ts';
import { localAws } from './local-aws.ts';

const xml = (action: string, content: string) => `<${action}Response>${content}</${action}Response>`;

/** The values of a list in a form, such as `ActionNames.member.1`. */
const listIn = (form: URLSearchParams, name: string) =>
  [...form].filter(([key]) => new RegExp(`^${name}\\.member\\.\\d+$`).test(key)).map(([, value]) => value);

/** What the services with answers in XML say. */
async function inXml(form: URLSearchParams): Promise<string> {
  const aws = localAws();
  const action = form.get('Action') ?? '';
  switch (action) {
    case 'GetCallerIdentity':
      return xml(
        action,
        `<${action}Result><Account>${(await aws('sts:GetCallerIdentity', {})).Account ?? ''}</Account></${action}Result>`,
      );
    case 'DescribeAvailabilityZones': {
      const { AvailabilityZones = [] } = await aws('ec2:DescribeAvailabilityZones', {});
      const items = AvailabilityZones.map(
        ({ ZoneName, ZoneId }) => `<item><zoneName>${ZoneName!}</zoneName><zoneId>${ZoneId!}</zoneId></item>`,
      );
      return xml(action, `<availabilityZoneInfo>${items.join('')}</availabilityZoneInfo>`);
    }
    case 'SimulateCustomPolicy': {
      const keys = [...form].filter(([key]) => key.endsWith('.ContextKeyName'));
      const { EvaluationResults: [result] = [] } = await aws('iam:SimulateCustomPolicy', {
        PolicyInputList: listIn(form, 'PolicyInputList'),
        ActionNames: listIn(form, 'ActionNames'),
        ResourceArns: listIn(form, 'ResourceArns'),
        ContextEntries: keys.map(([key, ContextKeyName]) => ({
          ContextKeyName,
          ContextKeyValues: listIn(form, key.replace('ContextKeyName', 'ContextKeyValues')),
        })),
      });
      const member = `<member><EvalDecision>${result!.EvalDecision!}</EvalDecision></member>`;
      return xml(action, `<${action}Result><EvaluationResults>${member}</EvaluationResults></${action}Result>`);
    }
    default:
      throw new Error(`nobody answers ${action}`);
  }
}

/** The call of a request with JSON. */
function callOf(path: string, target: string): CallName {
  if (path === '/v1/dataplane-evaluatecode') return 'appsync:EvaluateCode';
  if (path.endsWith('/account-settings/') || path.endsWith('/account-settings')) return 'lambda:GetAccountSettings';
  if (target.endsWith('.TestMetricFilter')) return 'logs:TestMetricFilter';
  if (target.endsWith('.ListServiceQuotas')) return 'servicequotas:ListServiceQuotas';
  throw new Error(`nobody answers ${path} ${target}`);
}

/** AWS as `localAws` is, for real clients. */
export async function startAws(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const aws = localAws();
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await text(request);
      if (body.startsWith('Action=')) return ['text/xml', await inXml(new URLSearchParams(body))] as const;
      const call = callOf(request.url ?? '', String(request.headers['x-amz-target'] ?? ''));
      return ['application/json', JSON.stringify(await aws(call, JSON.parse(body === '' ? '{}' : body) as never))] as const;
    };
    answer().then(
      ([type, content]) => response.writeHead(200, { 'content-type': type }).end(content),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
