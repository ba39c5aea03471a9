import type { ResponseEffect } from '../../faults.ts';
import { Faults } from '../../faults.ts';
import type { JsonServer, JsonServerOptions } from '../../http/aws-json-server.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import { secretsManagerOperations } from './operations.ts';
import type { SecretSource } from './operations.ts';

/** Far above what the three operations may bring. @unit bytes */
const MAX_BODY_BYTES = 100_000;

/** Secrets Manager, as far as reading goes: secrets come from the template, and change with it only. */
export function startSecretsManager(secrets: SecretSource, options: JsonServerOptions): Promise<JsonServer> {
  const operations = secretsManagerOperations(secrets);
  const effects: readonly ResponseEffect[] = ['unavailable', 'unavailable-after'];
  return startJsonServer<ResponseEffect>(
    {
      signingName: 'secretsmanager',
      targetPrefix: 'secretsmanager',
      jsonVersion: '1.1',
      operations,
      faults: new Faults<ResponseEffect>(
        'secretsmanager',
        Object.fromEntries(Object.keys(operations).map((name) => [name, effects])),
      ),
      maxBodyBytes: MAX_BODY_BYTES,
    },
    options,
  );
}
