import type { QueryWarehouse } from './crawler-redshift.ts';
import type { RedshiftService } from '../redshift/service.ts';
import type { SecretValues } from '../secrets-manager/secret-values.ts';

/** Asks the stack's database as the user of a secret, who must know the password. */
export function queryWarehouse(redshift: RedshiftService | undefined, secrets: Pick<SecretValues, 'login'>): QueryWarehouse {
  return async ({ database, secretId }, sql, parameters) => {
    if (redshift === undefined) throw new Error('the stack has no warehouse, and no other database can be reached from here');
    const { username, password } = secrets.login(secretId);
    await redshift.checkPassword(database, username, password);
    const session = await redshift.openSession({ database, user: { user: username } });
    try {
      return (await session.run(sql, parameters)).rows;
    } finally {
      await session.close();
    }
  };
}
