import appsync from '@aws-appsync/eslint-plugin';
import js from '@eslint/js';
import graphql from '@graphql-eslint/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tsdoc from 'eslint-plugin-tsdoc';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Files outside `resolvers/` that resolvers bundle, so AppSync runs them too; `test/rooms.test.ts` keeps the list true. */
const BUNDLED_BY_RESOLVERS = [
  'domain/calendar.ts',
  'domain/field-rules.ts',
  'domain/generated/line.ts',
  'domain/keys.ts',
  'domain/limits.ts',
  'domain/line-rules.ts',
  'domain/pounds.ts',
  'domain/receipt.ts',
  'domain/stored-line.ts',
  'domain/stream-record.ts',
  'warehouse/statements/*.ts',
];
/** Beside them, for Lambda alone. */
const NOT_BUNDLED_BY_RESOLVERS = ['warehouse/statements/fixed-questions.ts'];

// What the AppSync plugin misses of "Supported runtime features" (AppSync developer guide): it lets throw, constructors and
// every global of other runtimes pass. AWS stops at none of them before the first request.
const APPSYNC_GLOBALS = [
  ...['Object', 'Array', 'String', 'Number', 'Boolean', 'Math', 'JSON', 'console', 'NaN', 'Infinity', 'undefined'],
  ...['util', 'extensions', 'runtime'],
];
const APPSYNC_STRICT = {
  'no-undef': 'error',
  'no-restricted-globals': ['error', ...Object.getOwnPropertyNames(globalThis).filter((name) => !APPSYNC_GLOBALS.includes(name))],
  'no-restricted-syntax': [
    'error',
    { selector: 'ThrowStatement', message: 'APPSYNC_JS has no throw: use util.error()' },
    { selector: 'NewExpression', message: 'APPSYNC_JS has no constructors' },
    { selector: 'Literal[bigint]', message: 'APPSYNC_JS has no BigInt' },
    { selector: 'TSEnumDeclaration', message: 'an enum of another file is bundled as a function: use a const object' },
    { selector: 'ImportExpression, MetaProperty', message: 'APPSYNC_JS has no dynamic import' },
    { selector: 'UnaryExpression[operator=/^[+~]$/]', message: 'APPSYNC_JS has no unary plus and no ~' },
    { selector: 'CallExpression[callee.property.name=/^(apply|bind|call)$/]', message: 'APPSYNC_JS has no apply, bind, call' },
    {
      selector: 'CallExpression[callee.property.name="sort"][arguments.length>0]',
      message: 'sort() takes no comparator in APPSYNC_JS',
    },
    {
      selector: 'CallExpression[callee.name=/^(Object|Array|String|Number|Boolean)$/]',
      message: 'not on the list of built-ins: `${value}` makes a string',
    },
    {
      selector: 'MemberExpression[object.name="Object"]:not([property.name=/^(assign|entries|hasOwn|keys|values)$/])',
      message: 'of Object, APPSYNC_JS has assign, entries, hasOwn, keys and values only',
    },
    {
      selector: 'MemberExpression[object.name="Number"]:not([property.name=/^(isFinite|isNaN)$/])',
      message: 'of Number, APPSYNC_JS has isFinite and isNaN only',
    },
    {
      selector: 'MemberExpression[object.name="Math"]:not([property.name=/^(random|min|max|round|floor|ceil)$/])',
      message: 'of Math, APPSYNC_JS has random, min, max, round, floor and ceil only',
    },
    {
      // By name, whatever the type: the plugin goes by types, and bundles have none.
      selector:
        'CallExpression > MemberExpression.callee[object.name!="Object"][property.name=/^(at|charCodeAt|codePointAt|copyWithin|entries|hasOwnProperty|includes|keys|localeCompare|match|matchAll|padEnd|padStart|repeat|search|substr|substring|toFixed|toLocaleString|toPrecision|toReversed|toSorted|toSpliced|toString|valueOf|values|with)$/]',
      message: 'APPSYNC_JS has no such method',
    },
    {
      selector: 'MemberExpression[object.name="Array"]',
      message: 'APPSYNC_JS has no static methods of Array',
    },
  ],
};

const noFunctionPassing = appsync.configs.recommended.plugins['@aws-appsync'].rules['no-function-passing'];

/** The plugin's rule knows the callbacks of `Array` by that name only, and refuses those of `ReadonlyArray`. */
const noFunctionPassingButToArrays = {
  ...noFunctionPassing,
  create(context) {
    const { program, getTypeAtLocation } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const { CallExpression: refuse } = noFunctionPassing.create(context);
    return {
      CallExpression(node) {
        const takesFunction =
          node.callee.type === 'MemberExpression' &&
          /^(map|filter|find|findIndex|forEach|reduce|every|some|flatMap)$/.test(node.callee.property.name);
        const receiver = takesFunction ? getTypeAtLocation(node.callee.object) : undefined;
        if (receiver === undefined || !(checker.isArrayType(receiver) || checker.isTupleType(receiver))) refuse(node);
      },
    };
  },
};

const APPSYNC_LANGUAGE = {
  parser: appsync.configs.recommended.languageOptions.parser,
  globals: Object.fromEntries(APPSYNC_GLOBALS.map((name) => [name, 'readonly'])),
};

const graphqlConfig = {
  schema: ['./schema/appsync.graphql', './schema/schema.graphql'],
  documents: './sdk/documents/*.graphql',
};

export default defineConfig(
  {
    ignores: [
      'build/functions/',
      'build.*/',
      'cdk.out/',
      'dist/',
      '.local/',
      '.local-demo/',
      'coverage/',
      'schema/generated/',
      'sdk/generated/',
    ],
  },

  {
    name: 'house/typescript',
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { tsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'tsdoc/syntax': 'error',
      // `== null` is both absences, and nothing falsy.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Falsy is not absent: a price of 0 and an empty description are values.
      '@typescript-eslint/strict-boolean-expressions': ['error', { allowString: false, allowNumber: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A number in a template prints exactly as String() prints it, and APPSYNC_JS has no String().
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `this: void` says that a method may be taken off its object.
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      // 8.73.0 never returns from a type that contains itself ("Maximum call stack size exceeded").
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `async` also turns a throw into a rejection: what an interface that returns a promise expects.
      '@typescript-eslint/require-await': 'off',
    },
  },

  {
    name: 'house/resolvers',
    files: ['resolvers/**/*.ts', ...BUNDLED_BY_RESOLVERS],
    ignores: NOT_BUNDLED_BY_RESOLVERS,
    plugins: {
      ...appsync.configs.recommended.plugins,
      house: { rules: { 'no-function-passing': noFunctionPassingButToArrays } },
    },
    languageOptions: APPSYNC_LANGUAGE,
    rules: {
      ...appsync.configs.recommended.rules,
      ...APPSYNC_STRICT,
      '@aws-appsync/no-function-passing': 'off',
      'house/no-function-passing': 'error',
      // Neither String nor Array has includes() in APPSYNC_JS.
      '@typescript-eslint/prefer-includes': 'off',
    },
  },
  {
    // AppSync runs the bundler's output, not our source.
    name: 'house/resolver-bundles',
    files: ['build/resolvers/**/*.js'],
    plugins: appsync.configs.base.plugins,
    languageOptions: APPSYNC_LANGUAGE,
    rules: { ...appsync.configs.base.rules, ...APPSYNC_STRICT },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
  },

  {
    name: 'house/local',
    files: ['local/**/*.ts'],
    // The columns of a table of cases are parameters; the callbacks of dynalite are as they are.
    ignores: ['local/**/*.test.ts', 'local/testing/**/*.ts', 'local/**/*.d.ts'],
    rules: {
      // A fifth value has a name where it is passed.
      '@typescript-eslint/max-params': ['error', { max: 4 }],
    },
  },
  {
    name: 'house/local-privacy',
    files: ['local/**/*.ts'],
    // What resolver code holds must not show its members to it.
    ignores: ['local/services/appsync/resolver.ts', 'local/**/*.test.ts', 'local/testing/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(PropertyDefinition, MethodDefinition) > PrivateIdentifier.key',
          message: 'members are private by the keyword, everywhere alike',
        },
      ],
    },
  },

  {
    name: 'house/domain-is-pure',
    files: ['domain/**/*.ts'],
    ignores: BUNDLED_BY_RESOLVERS,
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'fetch', 'console', 'setTimeout', 'setInterval', 'performance'],
    },
  },
  {
    name: 'house/logic-takes-ports',
    files: ['ingest/consumers/**/*.ts', 'ingest/doors/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'the environment is read in ingest/handlers; logic takes ports' },
      ],
    },
  },
  {
    name: 'house/tests',
    files: ['test/**/*.ts', 'bench/**/*.ts', 'local/**/*.test.ts', 'local/testing/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(test|it|describe)$/][property.name=/^(skip|only|todo)$/]',
          message: 'a skipped test rots: make it run, or delete it',
        },
      ],
      // A wrong `!` in a test is a failing test.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A test reads templates and answers off the wire, where everything is `any`; where it errs, it fails.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },

  {
    name: 'house/few-parameters',
    files: ['{bench,console,demo,infra,ingest,resolvers,warehouse}/**/*.ts'],
    // More are read by their names: an object.
    rules: { 'max-params': ['error', 4] },
  },

  {
    name: 'house/scripts',
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    ignores: ['build/**'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    name: 'house/commonjs',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },

  {
    name: 'house/schema',
    files: ['schema/schema.graphql'],
    extends: [graphql.configs['flat/schema-recommended']],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: graphqlConfig } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        { types: true, rootField: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true },
      ],
      // One line reads best in quotes, a paragraph in a block: both are descriptions.
      '@graphql-eslint/description-style': 'off',
      // `customerId` is what the shop, the stream and the stores call it; `id` would be a second name.
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['customerId', 'invoiceNo', 'lineId'],
          exceptions: { suffixes: ['Page', 'Row', 'Result'], types: ['SendReceipt'] },
        },
      ],
    },
  },
  {
    name: 'house/documents',
    files: ['sdk/documents/**/*.graphql'],
    extends: [graphql.configs['flat/operations-recommended']],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: graphqlConfig } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/lone-executable-definition': 'error',
      '@graphql-eslint/match-document-filename': [
        'error',
        {
          fileExtension: '.graphql',
          query: 'matchDocumentStyle',
          mutation: 'matchDocumentStyle',
          subscription: 'matchDocumentStyle',
          fragment: 'matchDocumentStyle',
        },
      ],
      '@graphql-eslint/require-selections': ['error', { fieldName: ['customerId', 'invoiceNo', 'lineId'] }],
    },
  },

  prettier,
);
