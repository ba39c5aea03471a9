/**
 * What a field can ask: the tables of customers, of invoices and of kept answers, and the HTTP addresses of the stream and of
 * the warehouse. A stage without a warehouse has neither it nor kept answers: there these two answer nothing.
 */
export type DataSource = 'customersTable' | 'invoicesTable' | 'answersTable' | 'transactionStream' | 'warehouse';

/**
 * How a field is resolved: by one data source, or by steps in order. Each step is a file: `<field>.<step>` for one field, or in
 * `steps/` for several.
 */
export type Wiring = DataSource | readonly (readonly [step: string, dataSource: DataSource])[];

/** Fetches 100 profiles, the most that BatchGetItem takes; five times makes the largest page. */
const profiles = ['Query.customers.profiles', 'customersTable'] as const;

/** Looks the answer of a fixed question up. */
const kept = ['steps/kept-answer', 'answersTable'] as const;
/** Makes SQL of the question and sends it. */
const execute = ['steps/execute', 'warehouse'] as const;
/** Waits for a statement and fetches its rows. */
const result = ['steps/statement-result', 'warehouse'] as const;

/** Where each field is answered: the only wiring there is. A field not named here is a property of its parent. */
export const fields = {
  'Query.customer': 'customersTable',
  'Query.customers': [['Query.customers.keys', 'customersTable'], profiles, profiles, profiles, profiles, profiles],
  'Query.invoice': 'invoicesTable',
  'Query.invoices': 'invoicesTable',
  'Query.sales': [kept, execute, result],
  'Query.customerSegments': [kept, execute, result],
  'Query.retention': [kept, execute, result],
  'Query.productPairs': [kept, execute, result],
  'Query.warehouseResult': [
    ['Query.warehouseResult.status', 'warehouse'],
    ['Query.warehouseResult.rows', 'warehouse'],
  ],
  'Customer.invoices': 'customersTable',
  'Invoice.customer': 'customersTable',
  'Invoice.lines': [
    ['Invoice.lines.header', 'invoicesTable'],
    ['Invoice.lines.chunks', 'invoicesTable'],
  ],
  'Mutation.sendTransaction': 'transactionStream',
  'Mutation.sendTransactions': 'transactionStream',
} as const satisfies Readonly<Record<string, Wiring>>;

/**
 * Fields whose answers are sums over many customers: what an API key may read in a stage where it reads aggregates alone. Their types are
 * with them. Whatever is not named here needs IAM there, so a new field does.
 */
export const aggregates = [
  'Query.sales',
  'Query.customerSegments',
  'Query.retention',
  'Query.productPairs',
  'Query.warehouseResult',
] as const satisfies readonly (keyof typeof fields)[];
