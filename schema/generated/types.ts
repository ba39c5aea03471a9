export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDate: { input: string; output: string; }
  AWSDateTime: { input: string; output: string; }
  AWSEmail: { input: string; output: string; }
  AWSIPAddress: { input: string; output: string; }
  AWSJSON: { input: string; output: string; }
  AWSPhone: { input: string; output: string; }
  AWSTime: { input: string; output: string; }
  AWSTimestamp: { input: number; output: number; }
  AWSURL: { input: string; output: string; }
};

/** A customer, as the sum of all lines of this customer, on whatever invoices they stand. */
export type Customer = {
  /** The country of the latest invoice, as `invoices` shows it. */
  country: Scalars['String']['output'];
  /** The customer's number. */
  customerId: Scalars['ID']['output'];
  /** When the first invoice was written: the shop's wall clock carried as UTC. */
  firstInvoiceAt: Scalars['AWSDateTime']['output'];
  /** How many invoices have lines of this customer, cancellations included. */
  invoiceCount: Scalars['Int']['output'];
  /**
   * The customer's invoices, newest first.
   *
   * Each shows the customer's own lines alone: they make its date, country, counts, total and lines, also where an invoice has lines
   * of other customers or guests. `Query.invoice` shows the whole of it.
   */
  invoices: InvoicePage;
  /** When the latest invoice was written: the shop's wall clock carried as UTC. */
  lastInvoiceAt: Scalars['AWSDateTime']['output'];
  /** How many invoice lines. */
  lineCount: Scalars['Int']['output'];
  /** Net: the sum of quantity x unit price, cancellations with their sign, in pounds with three places, such as "5391.210". */
  revenue: Scalars['String']['output'];
  /** Sum of the lines' quantities, in pieces: a whole number, exact up to 2^53. */
  units: Scalars['Float']['output'];
};


/** A customer, as the sum of all lines of this customer, on whatever invoices they stand. */
export type CustomerInvoicesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};

/** A page of customers. */
export type CustomerPage = {
  /** The customers of this page. */
  items: Array<Customer>;
  /** Where to go on; null at the end. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/**
 * An invoice, as the sum of its lines.
 *
 * Lines of one invoice may differ in date, customer and country. Its own are those of its first line: the one with the earliest
 * `invoiceDate`, of several the one with the least `lineId`.
 */
export type Invoice = {
  /** Whether this is a cancellation: its number starts with C. */
  cancelled: Scalars['Boolean']['output'];
  /** The country of the first line. */
  country: Scalars['String']['output'];
  /** The first line's customer; null for a guest. */
  customer?: Maybe<Customer>;
  /** The number of the first line's customer; null for a guest. */
  customerId?: Maybe<Scalars['ID']['output']>;
  /** When the invoice's first line was written: the shop's wall clock carried as UTC. */
  invoiceDate: Scalars['AWSDateTime']['output'];
  /** The invoice's number. */
  invoiceNo: Scalars['ID']['output'];
  /** How many lines. */
  lineCount: Scalars['Int']['output'];
  /**
   * The invoice's lines, in the order in which they first arrived: a corrected line keeps its place.
   *
   * Of an invoice in `Customer.invoices` only the customer's own: a page then holds fewer than `limit` where others stand between.
   */
  lines: LinePage;
  /** Net: the sum of quantity x unit price with its sign, in pounds with three places, such as "139.120". */
  total: Scalars['String']['output'];
  /** Sum of the lines' quantities, in pieces: a whole number, exact up to 2^53. */
  units: Scalars['Float']['output'];
};


/**
 * An invoice, as the sum of its lines.
 *
 * Lines of one invoice may differ in date, customer and country. Its own are those of its first line: the one with the earliest
 * `invoiceDate`, of several the one with the least `lineId`.
 */
export type InvoiceLinesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};

/** One line of an invoice. */
export type InvoiceLine = {
  /** Quantity x unit price, in pounds with three places, such as "15.300": net, so negative on a cancellation. */
  amount: Scalars['String']['output'];
  /** The line's country. */
  country: Scalars['String']['output'];
  /** The number of the line's customer; null for a guest. */
  customerId?: Maybe<Scalars['ID']['output']>;
  /** The product's description as written on this line. */
  description?: Maybe<Scalars['String']['output']>;
  /** When the line was written: the shop's wall clock carried as UTC. */
  invoiceDate: Scalars['AWSDateTime']['output'];
  /** The line's identity in its invoice. */
  lineId: Scalars['ID']['output'];
  /** Pieces sold; negative when returned. */
  quantity: Scalars['Int']['output'];
  /** When the version that counts was sent, to the millisecond. */
  sentAt: Scalars['AWSDateTime']['output'];
  /** The product's code. */
  stockCode: Scalars['ID']['output'];
  /** Pounds for one piece, with three places, such as "2.550". */
  unitPrice: Scalars['String']['output'];
};

/** A page of invoices. */
export type InvoicePage = {
  /** The invoices of this page. */
  items: Array<Invoice>;
  /** Where to go on; null at the end. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** A page of invoice lines. */
export type LinePage = {
  /** The lines of this page. */
  items: Array<InvoiceLine>;
  /** Where to go on; null at the end. */
  nextToken?: Maybe<Scalars['String']['output']>;
};

/** What a client sends. Needs IAM credentials: an API key can read, never write. */
export type Mutation = {
  /** Put one transaction line on its way to every store. */
  sendTransaction: SendReceipt;
  /**
   * Put up to 250 transaction lines on their way to every store.
   *
   * A line that cannot be accepted is refused alone: it is named in `failed` (and, where its values are at fault, in `errors`),
   * and the others are sent. Sending a line again with the same `lineId` never counts it twice; with other values it corrects the
   * line.
   */
  sendTransactions: SendReceipt;
};


/** What a client sends. Needs IAM credentials: an API key can read, never write. */
export type MutationSendTransactionArgs = {
  input: TransactionInput;
};


/** What a client sends. Needs IAM credentials: an API key can read, never write. */
export type MutationSendTransactionsArgs = {
  input: Array<TransactionInput>;
};

/** An answer to `productPairs`. */
export type ProductPairResult = {
  /** Up to when lines had been loaded; for all products, up to when their pairs are finished. Null before the first load. */
  asOf?: Maybe<Scalars['AWSDateTime']['output']>;
  /** How long the answer took inside the API, in milliseconds. */
  elapsedMs: Scalars['Int']['output'];
  /** Whether there are more rows than these: ask with a larger `limit`. */
  hasMore: Scalars['Boolean']['output'];
  /** What to ask `warehouseResult` for; null unless the status is PENDING. */
  id?: Maybe<Scalars['ID']['output']>;
  /** The pairs; empty unless the status is FINISHED. */
  rows: Array<ProductPairRow>;
  /** Where the answer comes from. */
  source: ResultSource;
  /** How far the answer is. */
  status: ResultStatus;
};

/** Two products on the same invoices, seen from the first. */
export type ProductPairRow = {
  /** Which part of the invoices with the product has the other too, from 0 to 1, rounded to six places. */
  confidence: Scalars['Float']['output'];
  /** The product's latest description. */
  description?: Maybe<Scalars['String']['output']>;
  /** How many invoices have both. */
  invoices: Scalars['Int']['output'];
  /** How many times likelier the other is with the product than anyway, rounded to six places: above 1 they go together. */
  lift: Scalars['Float']['output'];
  /** The other product's latest description. */
  otherDescription?: Maybe<Scalars['String']['output']>;
  /** The other product's code. */
  otherStockCode: Scalars['ID']['output'];
  /** The product's code. */
  stockCode: Scalars['ID']['output'];
  /** Which part of all invoices has both, from 0 to 1, rounded to six places. */
  support: Scalars['Float']['output'];
};

/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type Query = {
  /** One customer, or null when there is no line of this customer. */
  customer?: Maybe<Customer>;
  /**
   * Customers by how lately, how often and for how much they bought (RFM): each in five equal parts, 5 is best.
   *
   * Only customers count who have bought at all: cancellations and adjustments are no purchase. The best cells come first.
   */
  customerSegments: SegmentResult;
  /** The customers of one country, by customer number. A customer's country is the one of the latest invoice. */
  customers: CustomerPage;
  /** One invoice, or null when none of its lines has arrived. */
  invoice?: Maybe<Invoice>;
  /** The invoices of a range of days, newest first. */
  invoices: InvoicePage;
  /**
   * Products bought on the same invoice, those of most invoices first. A pair comes twice, once from either side.
   *
   * Cancellations, adjustments, returns and services such as postage do not count. Of all products only pairs are listed that
   * stand on at least one invoice in a hundred; of one product, all.
   */
  productPairs: ProductPairResult;
  /**
   * Of the customers who first bought in a month (a cohort), how many bought in it and in each later month.
   *
   * Cancellations and adjustments are no purchase. Rows come by cohort, then by month, to the latest month with a purchase.
   */
  retention: RetentionResult;
  /**
   * Sums over the lines of sales in groups, such as revenue by month and country.
   *
   * Rows are ordered by `orderBy`, then by the dimensions in the order of `groupBy`, ascending; what has no value comes last.
   */
  sales: SalesResult;
  /** The answer to a question whose result was PENDING; it is kept for 24 hours. It may be PENDING again. */
  warehouseResult: WarehouseResult;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryCustomerArgs = {
  customerId: Scalars['ID']['input'];
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryCustomerSegmentsArgs = {
  asOf?: InputMaybe<Scalars['AWSDate']['input']>;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryCustomersArgs = {
  country: Scalars['String']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryInvoiceArgs = {
  invoiceNo: Scalars['ID']['input'];
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryInvoicesArgs = {
  country?: InputMaybe<Scalars['String']['input']>;
  from: Scalars['AWSDate']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['AWSDate']['input'];
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryProductPairsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  stockCode?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryRetentionArgs = {
  from?: InputMaybe<Scalars['String']['input']>;
  to?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QuerySalesArgs = {
  groupBy: Array<SalesDimension>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<Array<SalesOrder>>;
  where?: InputMaybe<SalesFilter>;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively. So `revenue`, `total` and `amount` are
 * net, adjustments included: what the warehouse's views for SQL call `net`. What they call gross is sales alone.
 * A line is known by its invoice's number and its `lineId`. Of several versions of a line the one that was sent last counts, in
 * every store, whatever the order in which they arrived; each line counts for its own customer.
 * Sums are exact up to 1,000,000,000 lines, because a line is bounded: see `TransactionInput`. Counts then fit into an Int; `units`
 * are Float, because they may not, and are whole numbers all the same.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 * Sales, segments, retention and pairs come from the warehouse, which follows the stores: `asOf` tells how far it has got.
 */
export type QueryWarehouseResultArgs = {
  id: Scalars['ID']['input'];
};

/** Where an answer of the warehouse comes from; the numbers are the same wherever it is. */
export type ResultSource =
  /** From the kept answers to common questions, which are there while the warehouse sleeps. */
  | 'CACHE'
  /** Computed from one row for each invoice. */
  | 'FACT'
  /** Computed from the lines themselves. */
  | 'RAW'
  /** From sums that are finished after every load. */
  | 'ROLLUP';

/** How far an answer of the warehouse is. */
export type ResultStatus =
  /** The warehouse could not answer: `errors` tells why, with the type `WarehouseFailed`. */
  | 'FAILED'
  /** The rows are there. */
  | 'FINISHED'
  /** Not within the time that a request may take: ask `warehouseResult` for `id`. */
  | 'PENDING';

/** An answer to `retention`. */
export type RetentionResult = {
  /** Up to when lines had been loaded. Null before the first load. */
  asOf?: Maybe<Scalars['AWSDateTime']['output']>;
  /** How long the answer took inside the API, in milliseconds. */
  elapsedMs: Scalars['Int']['output'];
  /** Whether there are more rows than these: ask for later cohorts with `from`. */
  hasMore: Scalars['Boolean']['output'];
  /** What to ask `warehouseResult` for; null unless the status is PENDING. */
  id?: Maybe<Scalars['ID']['output']>;
  /** The cohorts' months, at most 1000; empty unless the status is FINISHED. */
  rows: Array<RetentionRow>;
  /** Where the answer comes from. */
  source: ResultSource;
  /** How far the answer is. */
  status: ResultStatus;
};

/** A cohort in one month. */
export type RetentionRow = {
  /** The month of the customers' first purchase, such as "2010-12". */
  cohort: Scalars['String']['output'];
  /** How many customers the cohort has. */
  cohortSize: Scalars['Int']['output'];
  /** How many of them bought in the month; 0 is told too. */
  customers: Scalars['Int']['output'];
  /** The month in question. */
  month: Scalars['String']['output'];
  /** How many months after the cohort's: 0 for its own. */
  monthsSince: Scalars['Int']['output'];
  /** `customers` of `cohortSize`, from 0 to 1, rounded to six places. */
  rate: Scalars['Float']['output'];
};

/** What sales can be grouped by. */
export type SalesDimension =
  /** Whether the invoice is a cancellation: `cancelled`. */
  | 'CANCELLED'
  /** The country of the line: `country`. */
  | 'COUNTRY'
  /** The customer of the line: `customerId`, null for all guests together. */
  | 'CUSTOMER'
  /** The day: `day`, such as "2011-02-14". */
  | 'DAY'
  /** The hour of the shop's wall clock: `hour`, 0 to 23. */
  | 'HOUR'
  /** The month: `month`, such as "2011-02". */
  | 'MONTH'
  /** The product: `stockCode`, with its latest `description`. */
  | 'PRODUCT'
  /** The quarter: `quarter`, such as "2011-Q1". */
  | 'QUARTER'
  /** The ISO week: `week`, such as "2011-W07". */
  | 'WEEK'
  /** The day of the week: `weekday`, 1 is Monday and 7 is Sunday. */
  | 'WEEKDAY'
  /** The year: `year`, such as 2011. */
  | 'YEAR';

/** What rows of sales can be ordered by: the dimensions asked for, and every measure. */
export type SalesField =
  /** Revenue for one invoice. */
  | 'AVERAGE_INVOICE'
  /** Sales before cancellations. */
  | 'CANCELLED'
  /** The country's name, by its bytes. */
  | 'COUNTRY'
  /** The customer's number, as text. */
  | 'CUSTOMER'
  /** How many customers. */
  | 'CUSTOMERS'
  /** The day. */
  | 'DAY'
  /** The hour. */
  | 'HOUR'
  /** How many invoices. */
  | 'INVOICES'
  /** How many lines. */
  | 'LINES'
  /** The month. */
  | 'MONTH'
  /** The product's code, as text. */
  | 'PRODUCT'
  /** The quarter. */
  | 'QUARTER'
  /** The sum of quantity x unit price: net. */
  | 'REVENUE'
  /** The sum of the quantities. */
  | 'UNITS'
  /** The ISO week. */
  | 'WEEK'
  /** The day of the week, from Monday. */
  | 'WEEKDAY'
  /** The year. */
  | 'YEAR';

/** Which lines count: those that all given conditions admit. */
export type SalesFilter = {
  /** True: only cancellations. False: no cancellations. */
  cancelled?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only lines of these countries: 1 to 50 names, none twice. */
  countries?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only lines of this customer. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The first day, inclusive, such as "2011-01-01". */
  from?: InputMaybe<Scalars['AWSDate']['input']>;
  /** True: only lines without a customer. False: only those with one. */
  guests?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only lines of this product. */
  stockCode?: InputMaybe<Scalars['ID']['input']>;
  /** The last day, inclusive. */
  to?: InputMaybe<Scalars['AWSDate']['input']>;
};

/** One key of the order of rows. */
export type SalesOrder = {
  /** A dimension of `groupBy`, or any measure. */
  by: SalesField;
  /** Which way. */
  direction: SortDirection;
};

/** An answer to `sales`. */
export type SalesResult = {
  /** Up to when lines had been loaded; with a product's sums, up to when those are finished. Null before the first load. */
  asOf?: Maybe<Scalars['AWSDateTime']['output']>;
  /** How long the answer took inside the API, in milliseconds. */
  elapsedMs: Scalars['Int']['output'];
  /** Whether there are more rows than these: ask with a larger `limit`, or narrow the question. */
  hasMore: Scalars['Boolean']['output'];
  /** What to ask `warehouseResult` for; null unless the status is PENDING. */
  id?: Maybe<Scalars['ID']['output']>;
  /** The groups; empty unless the status is FINISHED. */
  rows: Array<SalesRow>;
  /** Where the answer comes from. */
  source: ResultSource;
  /** How far the answer is. */
  status: ResultStatus;
};

/** A group of sales: its dimensions, null where not asked for, and its measures. */
export type SalesRow = {
  /** Net revenue for one invoice, in pounds rounded to three places, halves away from zero. */
  averageInvoice: Scalars['String']['output'];
  /** Whether these are cancellations. */
  cancelled?: Maybe<Scalars['Boolean']['output']>;
  /** The country's name. */
  country?: Maybe<Scalars['String']['output']>;
  /** The customer's number; null for guests. */
  customerId?: Maybe<Scalars['ID']['output']>;
  /** How many different customers; guests are none. */
  customers: Scalars['Int']['output'];
  /** The day, such as "2011-02-14". */
  day?: Maybe<Scalars['AWSDate']['output']>;
  /** The product's latest description. */
  description?: Maybe<Scalars['String']['output']>;
  /** The hour of the shop's wall clock, 0 to 23. */
  hour?: Maybe<Scalars['Int']['output']>;
  /** How many different invoice numbers, cancellations included. */
  invoices: Scalars['Int']['output'];
  /** How many invoice lines. */
  lines: Scalars['Int']['output'];
  /** The month, such as "2011-02". */
  month?: Maybe<Scalars['String']['output']>;
  /** The quarter, such as "2011-Q1". */
  quarter?: Maybe<Scalars['String']['output']>;
  /** Net, as SQL's `net`: the sum of quantity x unit price, cancellations with their sign, in pounds with three places. */
  revenue: Scalars['String']['output'];
  /** The product's code. */
  stockCode?: Maybe<Scalars['ID']['output']>;
  /** Sum of the lines' quantities, in pieces: a whole number, exact up to 2^53. */
  units: Scalars['Float']['output'];
  /** The ISO week, such as "2011-W07". */
  week?: Maybe<Scalars['String']['output']>;
  /** The day of the week: 1 is Monday, 7 is Sunday. */
  weekday?: Maybe<Scalars['Int']['output']>;
  /** The year, such as 2011. */
  year?: Maybe<Scalars['Int']['output']>;
};

/** An answer to `customerSegments`. */
export type SegmentResult = {
  /** Up to when lines had been loaded. Null before the first load. */
  asOf?: Maybe<Scalars['AWSDateTime']['output']>;
  /** How long the answer took inside the API, in milliseconds. */
  elapsedMs: Scalars['Int']['output'];
  /** Whether there are more rows than these: never, because there are no more cells. */
  hasMore: Scalars['Boolean']['output'];
  /** What to ask `warehouseResult` for; null unless the status is PENDING. */
  id?: Maybe<Scalars['ID']['output']>;
  /** The cells that have customers, at most 125; empty unless the status is FINISHED. */
  rows: Array<SegmentRow>;
  /** Where the answer comes from. */
  source: ResultSource;
  /** How far the answer is. */
  status: ResultStatus;
};

/** The customers of one cell of recency x frequency x monetary. */
export type SegmentRow = {
  /** How many customers. */
  customers: Scalars['Int']['output'];
  /** Which fifth by the number of purchases: 5 is the most. */
  frequency: Scalars['Int']['output'];
  /** How many purchases they made. */
  invoices: Scalars['Int']['output'];
  /** Which fifth by revenue, net of cancellations: 5 is the most. */
  monetary: Scalars['Int']['output'];
  /** Which fifth by the day of the latest purchase: 5 is the latest, 1 the longest ago. */
  recency: Scalars['Int']['output'];
  /** Their revenue, net of cancellations, in pounds with three places. */
  revenue: Scalars['String']['output'];
};

/** A line that was not taken. */
export type SendFailure = {
  /** `InvalidValue`: correct the line. `Throttled`, `StreamUnavailable`: send the same line again after a while. */
  code: Scalars['String']['output'];
  /** The line's place in the request, from 0. */
  index: Scalars['Int']['output'];
  /** The line's identity. */
  lineId: Scalars['ID']['output'];
  /** What is wrong, and what to write instead. */
  message: Scalars['String']['output'];
};

/** What became of the lines of one request. */
export type SendReceipt = {
  /** How many lines the stream has taken: each of them will count in every store. */
  accepted: Scalars['Int']['output'];
  /** The lines it has not taken, with the reason. */
  failed: Array<SendFailure>;
};

/** Which way rows are ordered. */
export type SortDirection =
  /** From the least on. */
  | 'ASC'
  /** From the greatest on. */
  | 'DESC';

/**
 * One line of an invoice, as the client sends it.
 *
 * Quantity x unit price must lie within -9000000 to 9000000 pounds, so that every sum stays exact: split a larger line.
 * Sending a line again with the same `invoiceNo` and `lineId` and other values corrects it: the version with the later time of
 * sending counts, in every store, with everything it changes (customer, date and country too). Who may send may also correct.
 */
export type TransactionInput = {
  /** The country's name: 1 to 60 characters. */
  country: Scalars['String']['input'];
  /** The customer's number, 1 to 32 letters, digits or any of _ -; leave it out for a guest. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The product's description, at most 200 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The shop's wall clock carried as UTC, in whole seconds, such as "2010-12-01T08:26:00Z". */
  invoiceDate: Scalars['AWSDateTime']['input'];
  /** The invoice's number: 1 to 32 letters, digits or any of . _ - */
  invoiceNo: Scalars['ID']['input'];
  /** The line's identity in its invoice, made by the client once and kept on every retry: 1 to 64 letters, digits or any of . _ : - */
  lineId: Scalars['ID']['input'];
  /** Pieces sold, -1000000 to 1000000; negative when returned. */
  quantity: Scalars['Int']['input'];
  /** The product's code, case kept: 1 to 40 characters. */
  stockCode: Scalars['ID']['input'];
  /** Pounds for one piece as a decimal with at most three places, such as "2.55"; -999999.999 to 999999.999, and 0 is a price. */
  unitPrice: Scalars['String']['input'];
};

/** An answer of the warehouse, of the kind that was asked for. */
export type WarehouseResult = ProductPairResult | RetentionResult | SalesResult | SegmentResult;
