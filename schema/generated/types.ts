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

/** A customer, as the sum of all invoices of this customer. */
export type Customer = {
  /** The country of the latest invoice. */
  country: Scalars['String']['output'];
  /** The customer's number. */
  customerId: Scalars['ID']['output'];
  /** When the first invoice was written: the shop's wall clock carried as UTC. */
  firstInvoiceAt: Scalars['AWSDateTime']['output'];
  /** How many invoice numbers, cancellations included. */
  invoiceCount: Scalars['Int']['output'];
  /** The customer's invoices, newest first. */
  invoices: InvoicePage;
  /** When the latest invoice was written: the shop's wall clock carried as UTC. */
  lastInvoiceAt: Scalars['AWSDateTime']['output'];
  /** How many invoice lines. */
  lineCount: Scalars['Int']['output'];
  /** Sum of quantity x unit price, in pounds with three places, such as "5391.210". */
  revenue: Scalars['String']['output'];
  /** Sum of the lines' quantities, in pieces. */
  units: Scalars['Int']['output'];
};


/** A customer, as the sum of all invoices of this customer. */
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

/** An invoice, as the sum of its lines. */
export type Invoice = {
  /** Whether this is a cancellation: its number starts with C. */
  cancelled: Scalars['Boolean']['output'];
  /** The country of the invoice. */
  country: Scalars['String']['output'];
  /** The customer; null for a guest. */
  customer?: Maybe<Customer>;
  /** The customer's number; null for a guest. */
  customerId?: Maybe<Scalars['ID']['output']>;
  /** When the invoice's earliest line was written: the shop's wall clock carried as UTC. */
  invoiceDate: Scalars['AWSDateTime']['output'];
  /** The invoice's number. */
  invoiceNo: Scalars['ID']['output'];
  /** How many lines. */
  lineCount: Scalars['Int']['output'];
  /** The invoice's lines, in the order in which they arrived. */
  lines: LinePage;
  /** Sum of quantity x unit price, in pounds with three places, such as "139.120". */
  total: Scalars['String']['output'];
  /** Sum of the lines' quantities, in pieces. */
  units: Scalars['Int']['output'];
};


/** An invoice, as the sum of its lines. */
export type InvoiceLinesArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};

/** One line of an invoice. */
export type InvoiceLine = {
  /** Quantity x unit price, in pounds with three places, such as "15.300". */
  amount: Scalars['String']['output'];
  /** The product's description as written on this line. */
  description?: Maybe<Scalars['String']['output']>;
  /** The line's identity. */
  lineId: Scalars['ID']['output'];
  /** Pieces sold; negative when returned. */
  quantity: Scalars['Int']['output'];
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
   * and the others are sent. Sending a line again with the same `lineId` never counts it twice.
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

/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 */
export type Query = {
  /** One customer, or null when no invoice of this customer has arrived. */
  customer?: Maybe<Customer>;
  /** The customers of one country, by customer number. A customer's country is the one of the latest invoice. */
  customers: CustomerPage;
  /** One invoice, or null when none of its lines has arrived. */
  invoice?: Maybe<Invoice>;
  /** The invoices of a range of days, newest first. */
  invoices: InvoicePage;
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 */
export type QueryCustomerArgs = {
  customerId: Scalars['ID']['input'];
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
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
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 */
export type QueryInvoiceArgs = {
  invoiceNo: Scalars['ID']['input'];
};


/**
 * Customers and invoices of a shop, as the stores of the pipeline hold them.
 *
 * Money is always an exact decimal string in pounds with three places, such as "9747747.934".
 * Quantities, units, revenue and totals carry their sign: a cancelled line counts negatively.
 * Every list is paged: pass `nextToken` back unchanged to go on; it is null at the end.
 * A page may hold fewer items than `limit` before the end, and each element comes exactly once.
 */
export type QueryInvoicesArgs = {
  country?: InputMaybe<Scalars['String']['input']>;
  from: Scalars['AWSDate']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['AWSDate']['input'];
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
  /** How many lines the stream has taken. */
  accepted: Scalars['Int']['output'];
  /** The lines it has not taken, with the reason. */
  failed: Array<SendFailure>;
};

/** One line of an invoice, as the client sends it. */
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
  /** The line's identity, made by the client once and kept on every retry: 1 to 64 letters, digits or any of . _ : - */
  lineId: Scalars['ID']['input'];
  /** Pieces sold, -1000000 to 1000000; negative when returned. */
  quantity: Scalars['Int']['input'];
  /** The product's code, case kept: 1 to 40 characters. */
  stockCode: Scalars['ID']['input'];
  /** Pounds for one piece as a decimal with at most three places, such as "2.55"; -999999.999 to 999999.999, and 0 is a price. */
  unitPrice: Scalars['String']['input'];
};
