import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import type { CustomResourceRequest, CustomResourceResponse } from '../warehouse/custom-resource.ts';
import { answerCustomResource } from '../warehouse/migrator.ts';
import { redshiftDataApi } from './redshift-data-api.ts';
import { lambdaClock } from './lambda-clock.ts';
import { sqlFiles } from './warehouse-files.ts';

const dataClient = new RedshiftDataClient({});
const secretsClient = new SecretsManagerClient({});
const RESPONSE_ATTEMPTS = 5;

/** Bodies of bytes carry no content type, and CloudFormation's addresses are signed for none. */
async function respond(url: string, response: CustomResourceResponse): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify(response));
  for (let attempts = 1; ; attempts++) {
    try {
      const answer = await fetch(url, { method: 'PUT', body });
      if (answer.ok) return;
      throw new Error(`CloudFormation did not take the answer: ${String(answer.status)} ${await answer.text()}`);
    } catch (cause) {
      if (attempts === RESPONSE_ATTEMPTS) throw cause;
      await sleep(200 * 2 ** attempts);
    }
  }
}

export const handler = (request: CustomResourceRequest, context: Context): Promise<void> =>
  answerCustomResource(
    request,
    {
      migrations: () => sqlFiles('migrations'),
      dataApi: (place) => redshiftDataApi(dataClient, place),
      async secret(arn) {
        const { SecretString = '' } = await secretsClient.send(new GetSecretValueCommand({ SecretId: arn }));
        return SecretString;
      },
      respond,
      newToken: randomUUID,
      log(level, entry) {
        const line = { run: 'warehouse-migrator', ...entry };
        if (level === 'ERROR') console.error(line);
        else console.info(line);
      },
    },
    lambdaClock(context),
  );
