import { MAX_LINES_PER_REQUEST } from '../domain/limits.ts';
import { Caller } from './caller.ts';
import type { TypedDocument } from './document.ts';
import { LineCountError } from './errors.ts';
import * as documents from './generated/operations.ts';
import type {
  CohortMonthFragment,
  CustomerSegmentFragment,
  CustomerSegmentsQueryVariables,
  CustomerTotalsFragment,
  CustomerWithInvoicesQuery,
  InvoiceTotalsFragment,
  InvoiceWithLinesQuery,
  LineDetailFragment,
  ProductPairFragment,
  ProductPairsQueryVariables,
  ReceiptFragment,
  RetentionQueryVariables,
  SalesDimension,
  SalesQueryVariables,
  TransactionInput,
} from './generated/operations.ts';
import type { CallOptions, ConnectOptions, ListOptions, WarehouseOptions } from './options.ts';
import { elements, type Page } from './pages.ts';
import type { Call } from './request/call.ts';
import type { Answer } from './request/send-request.ts';
import type { SalesQuestion, SalesRow } from './rows.ts';
import { sendUntilTaken, type SendReceipt } from './send.ts';
import {
  DEFAULT_WAIT,
  finished,
  kindOf,
  stateOf,
  whileBusy,
  type AnswerState,
  type AnyWarehouseAnswer,
  type WarehouseAnswer,
} from './warehouse.ts';

/** Variables may be left out where an operation has none that it needs. */
type Rest<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: CallOptions]
    : [variables: Variables, options?: CallOptions];

type CustomerWithInvoices = NonNullable<CustomerWithInvoicesQuery['customer']>;
type InvoiceWithLines = NonNullable<InvoiceWithLinesQuery['invoice']>;

const DEFAULT_PAGE_SIZE = 100;

/**
 * A client of the API at this address. It opens no connection before the first call.
 *
 * @throws InvalidConnectionError
 */
export function connect(options: ConnectOptions): Tillgraph {
  return new Tillgraph(options);
}

/** The API as functions. Nothing is cached, so each call tells how things are now. */
export class Tillgraph {
  readonly #caller: Caller;

  /** @throws InvalidConnectionError */
  constructor(options: ConnectOptions) {
    this.#caller = new Caller(options);
  }

  /** One customer; with `invoices`, the newest so many as well. Null when there is no line of this customer. */
  customer(customerId: string, options: CallOptions & { readonly invoices: number }): Promise<CustomerWithInvoices | null>;
  customer(customerId: string, options?: CallOptions & { readonly invoices?: undefined }): Promise<CustomerTotalsFragment | null>;
  async customer(customerId: string, { invoices, ...options }: CallOptions & { readonly invoices?: number | undefined } = {}) {
    if (invoices === undefined) return (await this.query(documents.CustomerDocument, { customerId }, options)).customer;
    return (await this.query(documents.CustomerWithInvoicesDocument, { customerId, invoices }, options)).customer;
  }

  /** One invoice; with `lines`, the first so many as well. Null when none of its lines has arrived. */
  invoice(invoiceNo: string, options: CallOptions & { readonly lines: number }): Promise<InvoiceWithLines | null>;
  invoice(invoiceNo: string, options?: CallOptions & { readonly lines?: undefined }): Promise<InvoiceTotalsFragment | null>;
  async invoice(invoiceNo: string, { lines, ...options }: CallOptions & { readonly lines?: number | undefined } = {}) {
    if (lines === undefined) return (await this.query(documents.InvoiceDocument, { invoiceNo }, options)).invoice;
    return (await this.query(documents.InvoiceWithLinesDocument, { invoiceNo, lines }, options)).invoice;
  }

  /** The customers of a country, by customer number. */
  customers({
    country,
    ...options
  }: ListOptions & { readonly country: string }): AsyncGenerator<CustomerTotalsFragment, void, undefined> {
    return this.#list(
      options,
      async (page) => (await this.query(documents.CustomersDocument, { country, ...page }, options)).customers,
    );
  }

  /** The invoices of a range of days, newest first; both days (`YYYY-MM-DD`) are included. */
  invoices(
    range: ListOptions & { readonly from: string; readonly to: string; readonly country?: string | undefined },
  ): AsyncGenerator<InvoiceTotalsFragment, void, undefined> {
    const { from, to, country, ...options } = range;
    return this.#list(
      options,
      async (page) => (await this.query(documents.InvoicesDocument, { from, to, country, ...page }, options)).invoices,
    );
  }

  /** A customer's own part of all invoices, newest first; none for a customer who is not known. */
  customerInvoices(customerId: string, options: ListOptions = {}): AsyncGenerator<InvoiceTotalsFragment, void, undefined> {
    return this.#list(options, async (page) => {
      const { customer } = await this.query(documents.CustomerInvoicesDocument, { customerId, ...page }, options);
      return customer?.invoices ?? null;
    });
  }

  /** All lines of an invoice, in the order in which they first arrived; none for an invoice that is not known. */
  invoiceLines(invoiceNo: string, options: ListOptions = {}): AsyncGenerator<LineDetailFragment, void, undefined> {
    return this.#list(options, async (page) => {
      const { invoice } = await this.query(documents.InvoiceLinesDocument, { invoiceNo, ...page }, options);
      return invoice?.lines ?? null;
    });
  }

  /**
   * Sums over sales in groups. The type of the rows follows from `groupBy`: with `['MONTH']` each has a month.
   *
   * @throws AnswerPendingError, WarehouseFailedError, RequestRefusedError
   */
  sales<const GroupBy extends readonly SalesDimension[]>({
    groupBy,
    where,
    orderBy,
    limit,
    ...options
  }: SalesQuestion<GroupBy> & WarehouseOptions): Promise<WarehouseAnswer<SalesRow<GroupBy>>> {
    const variables: SalesQueryVariables = {
      groupBy: [...groupBy],
      where,
      orderBy: orderBy === undefined || orderBy === null ? orderBy : [...orderBy],
      limit,
    };
    return this.#ask(options, async (call) => {
      const { data, requestId } = await this.#caller.query(documents.SalesDocument, variables, call);
      return { ...data.sales, rows: data.sales.rows as SalesRow<GroupBy>[], requestId };
    });
  }

  /** Customers by how lately, how often and for how much they bought. @throws as `sales` */
  customerSegments({ asOf, ...options }: CustomerSegmentsQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<CustomerSegmentFragment>
  > {
    return this.#ask(options, async (call) => {
      const { data, requestId } = await this.#caller.query(documents.CustomerSegmentsDocument, { asOf }, call);
      return { ...data.customerSegments, requestId };
    });
  }

  /** How many of each month's new customers came back. @throws as `sales` */
  retention({ from, to, ...options }: RetentionQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<CohortMonthFragment>
  > {
    return this.#ask(options, async (call) => {
      const { data, requestId } = await this.#caller.query(documents.RetentionDocument, { from, to }, call);
      return { ...data.retention, requestId };
    });
  }

  /** Products bought together. @throws as `sales` */
  productPairs({ stockCode, limit, ...options }: ProductPairsQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<ProductPairFragment>
  > {
    return this.#ask(options, async (call) => {
      const { data, requestId } = await this.#caller.query(documents.ProductPairsDocument, { stockCode, limit }, call);
      return { ...data.productPairs, requestId };
    });
  }

  /** The answer behind the `id` of an `AnswerPendingError`. @throws as `sales` */
  async warehouseResult(id: string, options: WarehouseOptions = {}): Promise<AnyWarehouseAnswer> {
    let kind: AnyWarehouseAnswer['kind'] = 'sales';
    const answer = await this.#ask(options, async (call) => {
      const { data, requestId } = await this.#caller.query(documents.WarehouseResultDocument, { id }, call);
      kind = kindOf(data.warehouseResult);
      return { ...stateOf(data.warehouseResult), requestId };
    });
    return { kind, ...answer } as AnyWarehouseAnswer;
  }

  /** Send one line: as `sendTransactions`. */
  sendTransaction(input: TransactionInput, options?: CallOptions): Promise<SendReceipt> {
    return this.#send('SendTransaction', [input], options, async (_line, call) => {
      const { data, requestId } = await this.#caller.mutate(documents.SendTransactionDocument, { input }, call, true);
      return { data: data.sendTransaction, requestId };
    });
  }

  /**
   * Send 1 to 250 lines in one mutation.
   *
   * @remarks Lines that the stream could not take just now are sent again within the call, as `retry` says; lines that are at
   * fault never. Both stand in `failed` when they remain. Where this throws, sending the same lines again is safe: a `lineId`
   * counts once on its invoice. With other values it corrects the line: what was sent last counts.
   */
  async sendTransactions(inputs: readonly TransactionInput[], options?: CallOptions): Promise<SendReceipt> {
    if (inputs.length < 1 || inputs.length > MAX_LINES_PER_REQUEST)
      throw new LineCountError(inputs.length, MAX_LINES_PER_REQUEST);
    return this.#send('SendTransactions', inputs, options, async (lines, call) => {
      const { data, requestId } = await this.#caller.mutate(
        documents.SendTransactionsDocument,
        { input: [...lines] },
        call,
        true,
      );
      return { data: data.sendTransactions, requestId };
    });
  }

  /** Any other question, with the type of its answer. @throws RequestRefusedError, with what could be answered in `data` */
  query<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    ...[variables, options]: Rest<Variables>
  ): Promise<Data> {
    return this.#caller.run(options, async (call) => {
      return (await this.#caller.query(document, variables ?? ({} as Variables), call)).data;
    });
  }

  /**
   * Any other mutation.
   *
   * @remarks It is sent again after a broken connection, a 429 or a 5xx, and `onRetry` says so: give `retry: false` where twice
   * would be wrong.
   */
  mutate<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    ...[variables, options]: Rest<Variables>
  ): Promise<Data> {
    return this.#caller.run(options, async (call) => {
      return (await this.#caller.mutate(document, variables ?? ({} as Variables), call)).data;
    });
  }

  /** Ends all calls that are under way with a `ClosedError`, and refuses further ones. */
  close(): void {
    this.#caller.close();
  }

  #list<Element>(
    { pageSize = DEFAULT_PAGE_SIZE, signal }: ListOptions,
    turn: (page: { limit: number; nextToken: string | null }) => Promise<Page<Element> | null>,
  ) {
    return elements((nextToken) => turn({ limit: pageSize, nextToken }), signal);
  }

  #send(
    operationName: string,
    inputs: readonly TransactionInput[],
    options: CallOptions | undefined,
    mutation: (lines: readonly TransactionInput[], call: Call) => Promise<Answer<ReceiptFragment>>,
  ): Promise<SendReceipt> {
    return this.#caller.run(options, (call) => sendUntilTaken(operationName, inputs, mutation, call));
  }

  /** One question to the warehouse, asked until its answer is there. */
  #ask<Row>(
    { wait = DEFAULT_WAIT, ...options }: WarehouseOptions,
    question: (call: Call) => Promise<AnswerState<Row>>,
  ): Promise<WarehouseAnswer<Row>> {
    return this.#caller.run(options, async (call) => {
      const later = (id: string) =>
        whileBusy(call, 'WarehouseResult', async () => {
          const { data, requestId } = await this.#caller.query(documents.WarehouseResultDocument, { id }, call);
          return { ...(stateOf(data.warehouseResult) as AnswerState<Row>), requestId }; // an id leads to what it was given for
        });
      return finished(await whileBusy(call, 'a question', () => question(call)), later, { wait, signal: call.signal });
    });
  }
}
