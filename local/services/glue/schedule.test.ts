import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import { expect, onTestFinished, test, vi } from 'vitest';
import { assemblyOf } from '../../testing/assemblies.ts';
import { start } from '../../testing/command.ts';
import { newDirectory } from '../../testing/directories.ts';

const role = { 'Fn::GetAtt': ['Role', 'Arn'] };

function assembly(): string {
  return assemblyOf(
    {
      Role: { Type: 'AWS::IAM::Role' },
      Job: {
        Type: 'AWS::Glue::Job',
        Properties: {
          Name: 'import',
          Role: role,
          Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: { 'Fn::Sub': 's3://assets-${AWS::AccountId}/job.js' } },
          GlueVersion: '5.1',
          DefaultArguments: { '--extra-py-files': { 'Fn::Sub': 's3://assets-${AWS::AccountId}/modules.zip' } },
        },
      },
      Often: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 day)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: 'arn:aws:scheduler:::aws-sdk:glue:startJobRun', RoleArn: role, Input: '{"JobName":"import"}' },
        },
      },
    },
    {},
    { job: 'print("done")', modules: { 'requirements.txt': 'boto3==1.44.5\npyspark==3.5.6\n' } },
  );
}

test('the clock installs nothing: before the first import it starts no job', async () => {
  const cache = newDirectory('cache');
  vi.stubEnv('XDG_CACHE_HOME', cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  const stack = start('--assembly', assembly(), '--data', join(newDirectory('data'), 'data'), '--port', '0');
  const { endpoints, credentials, region } = await stack.ready;
  const glue = new GlueClient({ endpoint: endpoints['glue'] ?? '', credentials, region });
  onTestFinished(() => {
    glue.destroy();
  });

  await vi.waitFor(() => {
    expect(stack.printed()).toContain('the clock does not start import, because Spark is not installed yet');
  });
  const { JobRuns } = await glue.send(new GetJobRunsCommand({ JobName: 'import' }));

  expect(JobRuns).toEqual([]);
  expect(existsSync(join(cache, 'tillgraph'))).toBe(false);
  expect(await stack.end('SIGTERM')).toBe(0);
});
