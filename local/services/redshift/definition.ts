/** A workgroup of Redshift Serverless with its namespace. */
export interface WarehouseDefinition {
  readonly namespaceName: string;
  /** The database that is made with the namespace. */
  readonly databaseName: string;
  readonly workgroupName: string;
  readonly workgroupArn: string;
  readonly adminUser: string;
  /** Has `username` and `password`; always one of the stack's `secrets`. */
  readonly adminSecretArn: string;
  /** Such as `max_query_execution_time`, `datestyle`. */
  readonly configParameters: Readonly<Record<string, string>>;
}
