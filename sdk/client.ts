import { platform } from '#sdk/platform';
import { ApolloClient, ApolloLink, type OperationVariables, type TypedDocumentNode } from '@apollo/client/core';
import type { DocumentNode } from 'graphql';
import { MAX_LINES_PER_REQUEST } from '../domain/limits.ts';
import { ClosedError, InvalidConnectionError, LineCountError } from './errors.ts';
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
  SalesGroupFragment,
  SalesQueryVariables,
  TransactionInput,
} from './generated/operations.ts';
import { authenticationLink } from './links/authenticate.ts';
import { httpLink } from './links/http.ts';
import { refusalLink } from './links/refusals.ts';
import type { RequestContext } from './links/request-context.ts';
import { DEFAULT_RETRY, retryLink, type RetryPolicy } from './links/retry.ts';
import { serialiseLink } from './links/serialise.ts';
import { fetchTransport, type Transport } from './links/transport.ts';
import type { CallOptions, ConnectOptions, ListOptions, WarehouseOptions } from './options.ts';
import { elements, type Page } from './pages.ts';
import { whileChanging } from './reading.ts';
import { sendUntilTaken, type SendReceipt } from './send.ts';
import { Uncached } from './uncached.ts';
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

const DEFAULT_TIMEOUT = 35_000;
const DEFAULT_PAGE_SIZE = 100;

/** @throws InvalidConnectionError */
export function connect(options: ConnectOptions): Tillgraph {
  return new Tillgraph(options);
}

/** The API as functions. Nothing is cached, so each call tells how things are now. */
export class Tillgraph {
  readonly #apollo: ApolloClient;
  readonly #retry: RetryPolicy;
  readonly #transport: Transport;
  readonly #calls = new Set<AbortController>();
  #closed = false;

  /** @throws InvalidConnectionError */
  constructor({ url: address, apiKey, region, credentials, fetch, retry, timeout = DEFAULT_TIMEOUT }: ConnectOptions) {
    const url = toUrl(address);
    const signing = credentials === undefined ? undefined : { region: region ?? regionOf(url), credentials };
    if (apiKey === undefined && signing === undefined)
      throw new InvalidConnectionError('give connect() an apiKey to read, credentials to send, or both: got neither');
    this.#retry = refine(DEFAULT_RETRY, retry);
    this.#transport = fetch === undefined ? platform.openTransport(url) : fetchTransport(url, fetch);
    this.#apollo = new ApolloClient({
      cache: new Uncached(),
      link: ApolloLink.from([
        refusalLink(),
        serialiseLink(),
        retryLink(),
        authenticationLink(url, { apiKey, signing }),
        httpLink({ url, transport: this.#transport, timeout }),
      ]),
      queryDeduplication: false, // one caller's abort must not end another's request
      assumeImmutableResults: true,
      devtools: { enabled: false },
    });
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
   * Sums over sales in groups.
   *
   * @throws AnswerPendingError, WarehouseFailedError, RequestRefusedError
   */
  sales({
    groupBy,
    where,
    orderBy,
    limit,
    ...options
  }: SalesQueryVariables & WarehouseOptions): Promise<WarehouseAnswer<SalesGroupFragment>> {
    const variables = { groupBy, where, orderBy, limit };
    return this.#ask(options, async (context) => (await this.#query(documents.SalesDocument, variables, context)).sales);
  }

  /** Customers by how lately, how often and for how much they bought. @throws as `sales` */
  customerSegments({ asOf, ...options }: CustomerSegmentsQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<CustomerSegmentFragment>
  > {
    return this.#ask(options, async (context) => {
      return (await this.#query(documents.CustomerSegmentsDocument, { asOf }, context)).customerSegments;
    });
  }

  /** How many of each month's new customers came back. @throws as `sales` */
  retention({ from, to, ...options }: RetentionQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<CohortMonthFragment>
  > {
    return this.#ask(options, async (context) => {
      return (await this.#query(documents.RetentionDocument, { from, to }, context)).retention;
    });
  }

  /** Products bought together. @throws as `sales` */
  productPairs({ stockCode, limit, ...options }: ProductPairsQueryVariables & WarehouseOptions = {}): Promise<
    WarehouseAnswer<ProductPairFragment>
  > {
    return this.#ask(options, async (context) => {
      return (await this.#query(documents.ProductPairsDocument, { stockCode, limit }, context)).productPairs;
    });
  }

  /** The answer behind the `id` of an `AnswerPendingError`. @throws as `sales` */
  async warehouseResult(id: string, options: WarehouseOptions = {}): Promise<AnyWarehouseAnswer> {
    let kind: AnyWarehouseAnswer['kind'] = 'sales';
    const answer = await this.#ask(options, async (context) => {
      const { warehouseResult } = await this.#query(documents.WarehouseResultDocument, { id }, context);
      kind = kindOf(warehouseResult);
      return stateOf(warehouseResult);
    });
    return { kind, ...answer } as AnyWarehouseAnswer;
  }

  /** Send one line: as `sendTransactions`. */
  sendTransaction(input: TransactionInput, options?: CallOptions): Promise<SendReceipt> {
    return this.#send([input], options, async (_line, context) => {
      return (await this.#mutate(documents.SendTransactionDocument, { input }, context)).sendTransaction;
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
    return this.#send(inputs, options, async (lines, context) => {
      return (await this.#mutate(documents.SendTransactionsDocument, { input: [...lines] }, context)).sendTransactions;
    });
  }

  /** Any other question, with the type of its answer. @throws RequestRefusedError, with what could be answered in `data` */
  query<Data, Variables extends OperationVariables>(
    document: TypedDocumentNode<Data, Variables>,
    ...[variables, options]: Rest<Variables>
  ): Promise<Data> {
    return this.#during(options, (context) => this.#query(document, variables ?? {}, context));
  }

  /** Any other mutation. It is sent again after a broken connection: give `retry: false` where twice would be wrong. */
  mutate<Data, Variables extends OperationVariables>(
    document: TypedDocumentNode<Data, Variables>,
    ...[variables, options]: Rest<Variables>
  ): Promise<Data> {
    return this.#during(options, (context) => this.#mutate(document, variables ?? {}, context));
  }

  /** Ends all calls that are under way with a `ClosedError`, and refuses further ones. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.abort(new ClosedError());
    this.#apollo.stop();
    this.#transport.close();
  }

  #list<Element>(
    { pageSize = DEFAULT_PAGE_SIZE, signal }: ListOptions,
    turn: (page: { limit: number; nextToken: string | null }) => Promise<Page<Element> | null>,
  ) {
    return elements((nextToken) => turn({ limit: pageSize, nextToken }), signal);
  }

  #send(
    inputs: readonly TransactionInput[],
    options: CallOptions | undefined,
    mutation: (lines: readonly TransactionInput[], context: RequestContext) => Promise<ReceiptFragment>,
  ): Promise<SendReceipt> {
    return this.#during(options, async (context) => {
      let repeated = 0;
      const send = (lines: readonly TransactionInput[]) => {
        const onRetry = () => {
          repeated += lines.length;
        };
        return mutation(lines, { ...context, keepPartial: true, onRetry });
      };
      const receipt = await sendUntilTaken(inputs, send, context.retry, context.signal);
      return { ...receipt, resent: receipt.resent + repeated };
    });
  }

  /** One question to the warehouse, asked until its answer is there. */
  #ask<Row>(
    { wait = DEFAULT_WAIT, ...options }: WarehouseOptions,
    question: (context: RequestContext) => Promise<AnswerState<Row>>,
  ): Promise<WarehouseAnswer<Row>> {
    return this.#during(options, async (context) => {
      const { signal, retry } = context;
      const later = (id: string) =>
        whileBusy(
          async () => {
            const { warehouseResult } = await this.#query(documents.WarehouseResultDocument, { id }, context);
            return stateOf(warehouseResult) as AnswerState<Row>; // an id leads to what it was given for
          },
          retry,
          signal,
        );
      return finished(await whileBusy(() => question(context), retry, signal), later, { wait, signal });
    });
  }

  async #query<Data, Variables extends OperationVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: OperationVariables,
    context: RequestContext,
  ): Promise<Data> {
    const query: DocumentNode = document;
    const ask = () => this.#apollo.query({ query, variables, fetchPolicy: 'no-cache', context: { ...context } });
    return (await whileChanging(ask, context.retry, context.signal)).data as Data;
  }

  async #mutate<Data, Variables extends OperationVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: OperationVariables,
    context: RequestContext,
  ): Promise<Data> {
    const mutation: DocumentNode = document;
    return (await this.#apollo.mutate({ mutation, variables, fetchPolicy: 'no-cache', context: { ...context } })).data as Data;
  }

  /** Runs one call under one signal, which the caller's signal and `close` both end. */
  async #during<Result>({ signal, retry }: CallOptions = {}, run: (context: RequestContext) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new ClosedError();
    signal?.throwIfAborted();
    const call = new AbortController();
    const abort = () => {
      call.abort(signal?.reason);
    };
    if (signal !== undefined) platform.allowManyListeners(signal); // many calls at once under one signal are no leak
    signal?.addEventListener('abort', abort, { once: true });
    this.#calls.add(call);
    try {
      return await run({ signal: call.signal, retry: refine(this.#retry, retry), keepPartial: false });
    } catch (error) {
      call.signal.throwIfAborted(); // the reason itself: Apollo wraps one that is no Error
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#calls.delete(call);
    }
  }
}

function refine(policy: RetryPolicy, change: Partial<RetryPolicy> | false | undefined): RetryPolicy {
  if (change === undefined) return policy;
  return change === false ? { ...policy, attempts: 1 } : { ...policy, ...change };
}

function toUrl(address: string): URL {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new InvalidConnectionError(`write the url as in "http://127.0.0.1:4000/graphql": got "${address}"`);
  return new URL(address);
}

/** @source AppSync addresses: `https://<id>.appsync-api.<region>.amazonaws.com/graphql` */
function regionOf({ hostname }: URL): string {
  const [, region] = /\.appsync-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname) ?? [];
  if (region === undefined)
    throw new InvalidConnectionError(`give connect() the region, such as "us-east-1": the host "${hostname}" names none`);
  return region;
}
