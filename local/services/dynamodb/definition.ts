import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The input of CreateTable. */
export type TableDefinition = CreateTableCommandInput & { readonly TableName: string };
