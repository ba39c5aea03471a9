import vm from 'node:vm';
import { javaReplacement, searchPattern } from './java-pattern.ts';

/**
 * The world in which resolver code runs: one `node:vm` context for all of an API's code, with the globals and methods that
 * APPSYNC_JS has and no others.
 *
 * @remarks What handlers see is made by `object`, `array` and `parse`, so that it has this world's prototypes. It keeps honest
 * code from using what AWS has not; it is no sandbox against hostile code.
 */
export interface Realm {
  object(): Record<string, unknown>;
  array(): unknown[];
  /** `JSON.parse`, with objects and arrays of this world. @throws SyntaxError */
  parse(text: string): unknown;
  /** Evaluates an expression. */
  evaluate(source: string, label: string): unknown;
}

/** @source AppSync developer guide, "Supported runtime features": built-in objects and functions */
const STATIC_MEMBERS = {
  Object: ['assign', 'entries', 'hasOwn', 'keys', 'values'],
  Array: [],
  String: ['raw'],
  Number: ['isFinite', 'isNaN'],
  Boolean: [],
  Math: ['random', 'min', 'max', 'round', 'floor', 'ceil'],
  JSON: ['parse', 'stringify'],
};

/** Turns that one loop, or one array method with a callback, may take. @source AppSync quotas, "iterations", and aws-appsync-community#371 */
export const MAX_TURNS = 1000;

/** Array methods that call a function for each element; those of the second list begin at the end. @source the AppSync announcement of array methods */
const FROM_THE_LEFT = ['every', 'filter', 'find', 'findIndex', 'flatMap', 'forEach', 'map', 'reduce', 'some'];
const FROM_THE_RIGHT = ['findLast', 'findLastIndex', 'reduceRight'];
export const ARRAY_CALLBACKS: readonly string[] = [...FROM_THE_LEFT, ...FROM_THE_RIGHT];

/** @source AppSync developer guide, "Supported runtime features"; the language itself calls toString, valueOf and join */
const METHODS = {
  Object: ['toString', 'valueOf'],
  Array: [
    ...['concat', 'fill', 'flat', 'indexOf', 'join', 'lastIndexOf', 'pop', 'push', 'reverse', 'shift', 'slice', 'sort'],
    ...['splice', 'toString', 'unshift', ...FROM_THE_LEFT, ...FROM_THE_RIGHT],
  ],
  String: [
    ...['charAt', 'concat', 'endsWith', 'indexOf', 'lastIndexOf', 'replace', 'replaceAll', 'slice', 'split', 'startsWith'],
    ...['toLowerCase', 'toUpperCase', 'toString', 'trim', 'trimEnd', 'trimStart', 'valueOf'],
  ],
  Number: ['toString', 'valueOf'],
  Boolean: ['toString', 'valueOf'],
};

/** What a function or a prototype cannot be without. */
const REQUIRED_PROPERTIES = ['constructor', 'length', 'name', 'prototype', '__proto__'];

/** Names that code may use without declaring them. */
export const GLOBALS: ReadonlySet<string> = new Set([
  ...Object.keys(STATIC_MEMBERS),
  ...['console', 'NaN', 'Infinity', 'undefined', 'util', 'extensions', 'runtime'],
]);

export const STATICS: Readonly<Record<string, readonly string[]>> = STATIC_MEMBERS;

/** Runs once, inside; afterwards what it took away is gone for all other code. */
const INSTALL_GLOBALS = String.raw`(function (statics, methods, globals, always, callbacks, replaceText, log, tooLong) {
  'use strict';
  const world = globalThis;
  const { parse } = JSON;
  const { slice, sort } = Array.prototype;
  const Refusal = TypeError;
  const { apply, ownKeys, defineProperty, deleteProperty } = Reflect;
  const put = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });
  put(JSON, 'parse', function parseOrEmpty(text) {
    try {
      return parse(text);
    } catch {
      return '';
    }
  });
  put(Array.prototype, 'sort', function sortAscending() {
    if (arguments.length > 0) throw new Refusal('sort takes no comparator in APPSYNC_JS');
    return apply(sort, this, []);
  });
  for (const name of callbacks.left) {
    const method = Array.prototype[name];
    put(Array.prototype, name, function () {
      if (this.length <= callbacks.most) return apply(method, this, arguments);
      tooLong();
      return apply(method, apply(slice, this, [0, callbacks.most]), arguments);
    });
  }
  for (const name of callbacks.right) {
    const method = Array.prototype[name];
    put(Array.prototype, name, function (callback, ...others) {
      const skipped = this.length - callbacks.most;
      if (skipped <= 0) return apply(method, this, arguments);
      tooLong();
      const called =
        name === 'reduceRight'
          ? (sum, value, index) => callback(sum, value, index + skipped, this)
          : (value, index) => callback(value, index + skipped, this);
      const found = apply(method, apply(slice, this, [skipped]), [called, ...others]);
      return name === 'findLastIndex' && found >= 0 ? found + skipped : found;
    });
  }
  put(String.prototype, 'replace', function replace(pattern, replacement) {
    return replaceText('' + this, '' + pattern, '' + replacement, false);
  });
  put(String.prototype, 'replaceAll', function replaceAll(pattern, replacement) {
    return replaceText('' + this, '' + pattern, '' + replacement, true);
  });
  const keep = (target, names) => {
    for (const key of ownKeys(target)) {
      if (typeof key === 'string' && !always.includes(key) && !names.includes(key)) deleteProperty(target, key);
    }
  };
  for (const name of Object.keys(methods)) keep(world[name].prototype, methods[name]);
  for (const name of Object.keys(statics)) keep(world[name], statics[name]);
  put(world, 'console', { log: (...values) => log('log', values), error: (...values) => log('error', values) });
  for (const key of ownKeys(world)) if (typeof key === 'string' && !globals.includes(key)) deleteProperty(world, key);
  return { object: () => ({}), array: () => [], parse: (text) => parse(text) };
})`;

// Eight, because an object of this world would bring its prototype along.
// eslint-disable-next-line @typescript-eslint/max-params
type InstallGlobals = (
  statics: object,
  methods: object,
  globals: readonly string[],
  always: readonly string[],
  callbacks: { readonly left: readonly string[]; readonly right: readonly string[]; readonly most: number },
  replaceText: (text: string, pattern: string, replacement: string, all: boolean) => string,
  log: (level: string, values: unknown[]) => void,
  tooLong: () => void,
) => Pick<Realm, 'object' | 'array' | 'parse'>;

/**
 * @param log - receives what the code prints with `console`
 * @param tooLong - called when an array method leaves elements out, because there are more than `MAX_TURNS`
 */
export function createRealm(log: (line: string) => void, tooLong: () => void = () => undefined): Realm {
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const evaluate = (source: string, label: string): unknown => new vm.Script(source, { filename: label }).runInContext(context);
  const furnish = evaluate(INSTALL_GLOBALS, 'appsync-realm') as InstallGlobals;
  const print = (level: string, values: unknown[]) => {
    log(`console.${level} ${values.map(asText).join(' ')}`);
  };
  const callbacks = { left: FROM_THE_LEFT, right: FROM_THE_RIGHT, most: MAX_TURNS };
  return {
    ...furnish(STATIC_MEMBERS, METHODS, [...GLOBALS], REQUIRED_PROPERTIES, callbacks, replaceText, print, tooLong),
    evaluate,
  };
}

/** What `console` prints of a value. */
function asText(value: unknown): string {
  return typeof value === 'string' || value === undefined ? `${value}` : JSON.stringify(value);
}

const replaceText = (text: string, pattern: string, replacement: string, all: boolean): string =>
  text.replace(searchPattern(pattern, all), javaReplacement(replacement));
