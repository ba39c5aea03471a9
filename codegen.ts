import type { CodegenConfig } from '@graphql-codegen/cli';

/** What each scalar of AppSync is in JSON; AppSync's own dates and times travel as strings. */
const scalars = {
  AWSDate: 'string',
  AWSDateTime: 'string',
  AWSEmail: 'string',
  AWSIPAddress: 'string',
  AWSJSON: 'string',
  AWSPhone: 'string',
  AWSTime: 'string',
  AWSTimestamp: 'number',
  AWSURL: 'string',
};

const config: CodegenConfig = {
  schema: ['schema/schema.graphql', 'schema/appsync.graphql'],
  config: { scalars, useTypeImports: true, enumsAsTypes: true, skipTypename: true, defaultScalarType: 'unknown' },
  generates: {
    'schema/generated/types.ts': { plugins: ['typescript'] },
    'sdk/generated/operations.ts': {
      documents: 'sdk/documents/*.graphql',
      plugins: ['typescript', 'typescript-operations', 'typed-document-node'],
      config: {
        onlyOperationTypes: true,
        // An answer has every field that was asked for; what may be absent is null.
        avoidOptionals: { field: true },
        inputMaybeValue: 'T | null | undefined',
        arrayInputCoercion: false,
        documentNodeImport: '../document.ts#TypedDocumentTree',
      },
    },
  },
};

export default config;
