import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ServiceError } from './errors.ts';

/** Which calls of a service go wrong, and how. Counting starts when the rule is set, so a run can be repeated exactly. */
export interface FaultRule<Effect extends string = string> {
  /** An operation of the service, such as `PutRecords`, or `*` for every operation that knows the effect. */
  readonly operation: string;
  readonly effect: Effect;
  /** How often it happens before the rule rests. Default: without end. */
  readonly times?: number;
  /** Only each n-th call: 3 means the third, the sixth, ... Default: 1. */
  readonly every?: number;
  /** How many calls pass before the rule wakes. Default: 0. */
  readonly after?: number;
  /** How long it lasts, for effects that last. Default: until the rule is removed. */
  readonly milliseconds?: number;
  /** Which statement of a batch it happens to, for effects inside a batch; 1 is the first. */
  readonly statement?: number;
}

/** A member of a rule that only some effects have. */
export type FaultDetail = 'milliseconds' | 'statement';

/** A fault that is to happen to the present call. */
export interface Fault<Effect extends string = string> extends Pick<FaultRule, FaultDetail> {
  readonly effect: Effect;
  /** 0 for the first time this rule strikes, then 1, 2, ...: the only source of variety, so that nothing is random. */
  readonly strike: number;
  /** Aborted as soon as the rules are set anew or cleared: what lasts is over then. */
  readonly removed: AbortSignal;
}

/** A rule and what became of it so far. */
export type FaultCount<Effect extends string = string> = FaultRule<Effect> & { readonly calls: number; readonly strikes: number };

/** Effects that are about the answer only, the same for every service; `answering` carries them out. */
export type ResponseEffect = 'unavailable' | 'unavailable-after';

const FAULTS_PATH = '/_faults';
const FIELDS = ['operation', 'effect', 'times', 'every', 'after'];

/**
 * The faults of one service: AWS throttles, fails in part and answers 500 now and then; no emulator does, so we do it on demand.
 *
 * @example `curl -X PUT $KINESIS/_faults -d '[{"operation":"PutRecords","effect":"partial","every":5}]'`
 */
export class Faults<Effect extends string = string> {
  private rules: (FaultCount<Effect> & { calls: number; strikes: number })[] = [];
  private removal = new AbortController();

  /**
   * @param service - its name in messages
   * @param known - each operation of the service with the effects it can show; anything else is refused
   * @param details - the members that rules of some effects may have besides
   */
  constructor(
    readonly service: string,
    readonly known: Readonly<Record<string, readonly Effect[]>>,
    readonly details: Readonly<Record<string, FaultDetail>> = {},
  ) {}

  /** Replace all rules; counts start at zero. @throws ServiceError that says which rule is wrong and what can be written */
  set(rules: unknown): void {
    if (!Array.isArray(rules))
      throw refuse('the body must be an array of rules, such as [{"operation":"*","effect":"unavailable","times":1}]');
    const next = rules.map((rule: unknown, index) => ({ ...this.check(rule, `rule ${String(index)}`), calls: 0, strikes: 0 }));
    this.clear();
    this.rules = next;
  }

  clear(): void {
    this.rules = [];
    this.removal.abort();
    this.removal = new AbortController();
  }

  list(): readonly FaultCount<Effect>[] {
    return this.rules.map((rule) => ({ ...rule }));
  }

  /** The fault this call must show, if any. Every rule that matches counts the call; the first that is due strikes. */
  take(operation: string): Fault<Effect> | undefined {
    if (this.rules.length === 0) return undefined;
    let fault: Fault<Effect> | undefined;
    for (const rule of this.rules) {
      if (rule.operation !== operation && !(rule.operation === '*' && this.known[operation]?.includes(rule.effect) === true))
        continue;
      rule.calls += 1;
      const awake = rule.calls - (rule.after ?? 0);
      const due = awake > 0 && awake % (rule.every ?? 1) === 0 && rule.strikes < (rule.times ?? Infinity);
      if (!due || fault) continue;
      const { effect, strikes: strike, milliseconds, statement } = rule;
      fault = {
        effect,
        strike,
        removed: this.removal.signal,
        ...(milliseconds !== undefined && { milliseconds }),
        ...(statement !== undefined && { statement }),
      };
      rule.strikes += 1;
    }
    return fault;
  }

  /**
   * Answer `GET`, `PUT` and `DELETE /_faults`; false when the request is about something else.
   * To be asked before the signature is looked at: the servers listen on the loopback only.
   */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.url !== FAULTS_PATH) return false;
    try {
      if (request.method === 'PUT') this.set(parse(await text(request)));
      else if (request.method === 'DELETE') this.clear();
      else if (request.method !== 'GET') throw refuse(`use GET, PUT or DELETE on ${FAULTS_PATH}: got ${String(request.method)}`);
      send(response, 200, this.list());
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      send(response, error.statusCode, error.toWire());
    }
    return true;
  }

  private check(rule: unknown, where: string): FaultRule<Effect> {
    if (typeof rule !== 'object' || rule === null) throw refuse(`${where} must be an object with operation and effect`);
    const fields = rule as Record<string, unknown>;
    const { operation, effect } = fields;
    const detail = typeof effect === 'string' && Object.hasOwn(this.details, effect) ? this.details[effect] : undefined;
    const allowed = detail === undefined ? FIELDS : [...FIELDS, detail];
    const stranger = Object.keys(fields).find((field) => !allowed.includes(field));
    if (stranger !== undefined) throw refuse(`${where} has an unknown field ${stranger}: write only ${allowed.join(', ')}`);
    const effects = typeof operation === 'string' ? this.effectsOf(operation) : undefined;
    if (typeof operation !== 'string' || effects === undefined) {
      throw refuse(
        `${where}: ${this.service} has no operation ${String(operation)}: write * or one of ${Object.keys(this.known).join(', ')}`,
      );
    }
    const known = effects.find((one) => one === effect);
    if (known === undefined) {
      throw refuse(
        `${where}: ${this.service} ${operation} knows no effect ${String(effect)}: write one of ${effects.join(', ')}`,
      );
    }
    const { times, every, after, milliseconds, statement } = {
      times: count(fields, 'times', 1),
      every: count(fields, 'every', 1),
      after: count(fields, 'after', 0),
      milliseconds: count(fields, 'milliseconds', 1),
      statement: count(fields, 'statement', 1),
    };
    return {
      operation,
      effect: known,
      ...(times !== undefined && { times }),
      ...(every !== undefined && { every }),
      ...(after !== undefined && { after }),
      ...(milliseconds !== undefined && { milliseconds }),
      ...(statement !== undefined && { statement }),
    };

    function count(from: Record<string, unknown>, field: string, least: number): number | undefined {
      const value = from[field];
      if (value === undefined) return undefined;
      if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
      throw refuse(`${where}: ${field} must be a whole number, ${String(least)} or more: got ${JSON.stringify(value)}`);
    }
  }

  private effectsOf(operation: string): readonly Effect[] | undefined {
    if (operation === '*') return [...new Set(Object.values(this.known).flat())];
    return Object.hasOwn(this.known, operation) ? this.known[operation] : undefined;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ServiceError('ValidationException', 'the body is not JSON: write an array of rules', 400, { cause });
  }
}

function refuse(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

function send(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
