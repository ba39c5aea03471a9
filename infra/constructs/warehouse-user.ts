import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

export interface WarehouseUserProps {
  readonly stage: Stage;
  readonly username: string;
  readonly description: string;
}

/** A database user who comes with a password. The password is made up by Secrets Manager and is in no template. */
export class WarehouseUser extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { stage, username, description }: WarehouseUserProps) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username }),
        generateStringKey: 'password',
        // Letters and digits, 190 bits of them: Redshift refuses some of the other characters, and connection strings more.
        passwordLength: 32,
        excludePunctuation: true,
      },
      removalPolicy: stage.removal,
    });
    this.secretArn = secret.secretArn;
  }

  /** Let `reader` learn name and password. */
  grantRead(reader: IGrantable): void {
    Grant.addToPrincipal({
      grantee: reader,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }
}
