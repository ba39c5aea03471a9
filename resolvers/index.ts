/**
 * What a field can ask: the tables of customers, of invoices and of kept answers, and the HTTP addresses of the stream and of
 * the warehouse. A stage without a warehouse has neither it nor kept answers: there these two answer nothing.
 */
export type DataSource = 'customersTable' | 'invoicesTable' | 'answersTable' | 'transactionStream' | 'warehouse';

/** How a field is answered: by one data source, or by steps in order, each a file of its own beside the field's. */
export type Wiring = DataSource | readonly (readonly [step: string, dataSource: DataSource])[];

/** Fetches 100 profiles, the most that BatchGetItem takes; five times makes the largest page. */
const profiles = ['Query.customers.profiles', 'customersTable'] as const;

/** Where each field is answered: the only wiring there is. A field not named here is a property of its parent. */
export const fields = {
  'Query.customer': 'customersTable',
  'Query.customers': [['Query.customers.keys', 'customersTable'], profiles, profiles, profiles, profiles, profiles],
  'Query.invoice': 'invoicesTable',
  'Query.invoices': 'invoicesTable',
  'Query.sales': [
    ['Query.sales.kept', 'answersTable'],
    ['Query.sales.execute', 'warehouse'],
    ['Query.sales.result', 'warehouse'],
  ],
  'Query.customerSegments': [
    ['Query.customerSegments.kept', 'answersTable'],
    ['Query.customerSegments.execute', 'warehouse'],
    ['Query.customerSegments.result', 'warehouse'],
  ],
  'Query.retention': [
    ['Query.retention.kept', 'answersTable'],
    ['Query.retention.execute', 'warehouse'],
    ['Query.retention.result', 'warehouse'],
  ],
  'Query.productPairs': [
    ['Query.productPairs.kept', 'answersTable'],
    ['Query.productPairs.execute', 'warehouse'],
    ['Query.productPairs.result', 'warehouse'],
  ],
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
