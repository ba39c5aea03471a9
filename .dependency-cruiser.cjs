// Who may import whom. A folder is a room; what is not named as allowed is forbidden.

/** Everything of ours. */
const OURS = '^(schema|domain|resolvers|warehouse|ingest|infra|sdk|local|console|demo|test|bench)/|^[^/]+\\.(ts|js|cjs)$';

/** npm packages, by their folder. */
const npm = (/** @type {string[]} */ ...names) =>
  `(^|/)node_modules/(${names.map((name) => (name.endsWith('/') ? name : `${name}/`)).join('|')})`;

const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** `room` imports nothing of ours but `allowed`. */
const only = (
  /** @type {string} */ name,
  /** @type {string} */ room,
  /** @type {string[]} */ allowed,
  /** @type {string} */ comment,
) => ({
  name,
  comment,
  severity: 'error',
  from: { path: room },
  to: { path: OURS, ...(allowed.length === 0 ? {} : { pathNot: allowed }) },
});

/** `room` imports no npm package but `allowed`; a type alone is no dependency. */
const packages = (/** @type {string} */ name, /** @type {string} */ room, /** @type {string[]} */ allowed) => ({
  name,
  severity: 'error',
  from: { path: room },
  to: { dependencyTypes: NPM, dependencyTypesNot: ['type-only'], ...(allowed.length === 0 ? {} : { pathNot: npm(...allowed) }) },
});

/** `room` imports nothing of Node. */
const noNode = (/** @type {string} */ name, /** @type {string} */ room) => ({
  name,
  severity: 'error',
  from: { path: room },
  to: { dependencyTypes: ['core'] },
});

/** The package in local/: its public face, which also reads command lines and tells errors for every command. */
const LOCAL_AWS = '^local/index\\.ts$';

/** Tests of local/, which lie beside their sources, and what they share. */
const LOCAL_TESTS = '^local/(testing/|.*\\.test\\.ts$)';

const AWS_CLIENTS = ['@aws-sdk/', '@smithy/', '@aws-crypto/'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('domain-imports-nothing', '^domain/', ['^domain/'], 'domain is what a transaction is; it needs nobody'),
    { ...packages('domain-no-npm', '^domain/', []), to: { dependencyTypes: NPM } },
    noNode('domain-no-node', '^domain/'),

    only('schema-imports-nothing', '^schema/', ['^schema/'], 'the schema is the promise; it needs nobody'),
    packages('schema-no-npm', '^schema/', []),
    noNode('schema-no-node', '^schema/'),

    only(
      'warehouse-imports-domain',
      '^warehouse/',
      ['^warehouse/', '^domain/'],
      'the warehouse is SQL over lines; it needs nobody else',
    ),
    { ...packages('warehouse-no-npm', '^warehouse/', []), to: { dependencyTypes: NPM } },
    noNode('warehouse-no-node', '^warehouse/'),

    only(
      'resolvers-import-domain',
      '^resolvers/',
      ['^resolvers/', '^domain/', '^warehouse/statements/', '^schema/generated/'],
      'AppSync has nothing else',
    ),
    {
      name: 'resolvers-import-schema-as-types',
      severity: 'error',
      from: { path: '^resolvers/' },
      to: { path: '^schema/', dependencyTypesNot: ['type-only'] },
    },
    packages('resolvers-npm', '^resolvers/', ['@aws-appsync/utils']),
    noNode('resolvers-no-node', '^resolvers/'),
    {
      name: 'resolvers-index-is-data',
      severity: 'error',
      from: { path: '^resolvers/index\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },

    only('consumers-import-domain', '^ingest/consumers/', ['^ingest/consumers/', '^domain/'], 'logic takes ports'),
    packages('consumers-npm', '^ingest/consumers/', []),
    only(
      'warehouse-loading-imports-statements',
      '^ingest/warehouse/',
      ['^ingest/warehouse/', '^warehouse/statements/', '^domain/'],
      'logic takes ports',
    ),
    packages('warehouse-loading-npm', '^ingest/warehouse/', []),
    only('imports-import-themselves', '^ingest/imports/', ['^ingest/imports/'], 'logic takes ports'),
    packages('imports-npm', '^ingest/imports/', []),
    only(
      'doors-import-consumers',
      '^ingest/doors/',
      ['^ingest/(doors|consumers)/', '^domain/'],
      'a door knows no client of ours',
    ),
    packages('doors-npm', '^ingest/doors/', AWS_CLIENTS),
    only(
      'handlers-import-consumers',
      '^ingest/handlers/',
      ['^ingest/(handlers|doors|consumers|warehouse|imports)/', '^warehouse/statements/', '^domain/'],
      'a handler is environment + clients + logic',
    ),
    packages('handlers-npm', '^ingest/handlers/', AWS_CLIENTS),
    only(
      'replay-imports-sdk',
      '^ingest/replay/',
      ['^ingest/(replay|arrival)/', '^sdk/', '^domain/', LOCAL_AWS],
      'the replay is a client like any other',
    ),
    packages('replay-npm', '^ingest/replay/', []),
    only(
      'bulk-imports-replay',
      '^ingest/bulk/',
      ['^ingest/(bulk|replay|arrival)/', '^domain/', LOCAL_AWS],
      'importing is a client too: it sees the bucket, the job and the warehouse over the wire',
    ),
    packages('bulk-npm', '^ingest/bulk/', AWS_CLIENTS),
    only(
      'arrival-sees-the-stores',
      '^ingest/arrival/',
      ['^ingest/arrival/', '^ingest/redrive/failed-records\\.ts$', '^ingest/replay/', '^domain/', LOCAL_AWS],
      'what became of lines is seen over the wire, by whoever has sent them',
    ),
    packages('arrival-npm', '^ingest/arrival/', AWS_CLIENTS),
    only('ingest-has-rooms', '^ingest/[^/]+\\.ts$', ['^domain/'], 'ingest is consumers, handlers, doors, warehouse and replay'),

    only('sdk-imports-domain', '^sdk/', ['^sdk/', '^domain/'], 'a client sees the API, not what is behind it'),
    packages('sdk-pack-npm', '^sdk/pack\\.ts$', ['esbuild', 'typescript']),
    packages('sdk-apollo-npm', '^sdk/apollo\\.ts$', ['@apollo/client']),
    packages('sdk-npm', '^sdk/(?!(apollo|pack)\\.ts$)', AWS_CLIENTS),

    only(
      'infra-imports-domain',
      '^infra/(?!confirm/)',
      ['^infra/(?!confirm/)', '^resolvers/index\\.ts$', '^domain/', LOCAL_AWS],
      'facts of the line and the names of stores have one home; infra takes everything else by path',
    ),
    packages('infra-npm', '^infra/(?!confirm/)', ['aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'graphql']),
    only(
      'confirm-compares-aws-with-local',
      '^infra/confirm/',
      [
        '^infra/',
        '^domain/',
        '^resolvers/index\\.ts$',
        LOCAL_AWS,
        '^ingest/(handlers/redshift-data-api\\.ts|replay/stop-signals\\.ts|warehouse/)',
        '^warehouse/statements/',
        '^sdk/index\\.ts$',
      ],
      'the kit holds AWS against the stand-in, with the template and the bundles that are deployed',
    ),
    packages('confirm-npm', '^infra/confirm/', [...AWS_CLIENTS, 'graphql', '@duckdb/node-api']),

    only(
      'local-imports-nothing',
      '^local/',
      ['^local/'],
      'what local runs is what we deploy: template and bundles, never our source',
    ),
    {
      name: 'local-has-one-face',
      comment: 'what is not in its index is its own business',
      severity: 'error',
      from: { pathNot: ['^local/', '^test/'] },
      to: { path: '^local/', pathNot: [LOCAL_AWS] },
    },
    {
      name: 'tests-use-what-local-offers',
      comment: 'its index, and testing/ for what only tests need',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^local/', pathNot: [LOCAL_AWS, '^local/testing/'] },
    },
    {
      name: 'local-reads-templates-without-cdk',
      severity: 'error',
      from: { path: '^local/', pathNot: LOCAL_TESTS },
      to: { path: npm('aws-cdk-lib', 'constructs', '@aws-appsync/', '@apollo/') },
    },

    only('console-is-a-client', '^console/', ['^console/', '^sdk/', LOCAL_AWS], 'a terminal sees what any client sees'),
    packages('console-npm', '^console/', ['pg', 'graphql']),

    only(
      'demo-is-a-client',
      '^demo/',
      ['^demo/', '^ingest/(replay|arrival)/', '^sdk/', '^domain/', LOCAL_AWS],
      'the demo sees what any client sees',
    ),
    packages('demo-npm', '^demo/', AWS_CLIENTS),
    {
      name: 'nobody-imports-the-demo',
      severity: 'error',
      from: { pathNot: '^(demo|test|bench)/' },
      to: { path: '^demo/' },
    },

    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: ['^(test|bench)/|^vitest', LOCAL_TESTS] },
      to: { path: ['^(test|bench)/', LOCAL_TESTS] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      from: {},
      // An optional peer is taken for unlisted as well, because it stands in `peerDependenciesMeta` too.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      from: { path: '^(domain|resolvers|warehouse|ingest|sdk|local|console)/', pathNot: `${LOCAL_TESTS}|^sdk/pack\\.ts$` },
      // Part of the AppSync runtime: the bundles name it, AppSync supplies it.
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'], pathNot: npm('@aws-appsync/utils') },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist|cdk\\.out|coverage|\\.local(-demo)?|node_modules/\\.cache)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
