// The parts of dynalite 4.0.0 that we stand on: it has no types of its own.

declare module 'dynalite/db/index.js' {
  import type { AttributeMap, KeySchema, Table } from './model.ts';

  export interface DynaliteFailure extends Error {
    readonly statusCode: number;
    readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
  }

  /** LevelDB of package `level`, as far as we use it. */
  export interface Level {
    open(): Promise<void>;
    close(): Promise<void>;
    getSync(key: string, options: { valueEncoding: 'utf8' }): string | undefined;
    batch(operations: readonly LevelOperation[]): Promise<void>;
    clear(range: { gte: string; lt: string }): Promise<void>;
    values(options: LevelRange): LevelIterator;
    iterator(options: LevelRange): { all(): Promise<[key: string, value: string][]> };
  }
  export type LevelOperation = { type: 'put'; key: string; value: string; valueEncoding: 'utf8' } | { type: 'del'; key: string };
  export interface LevelRange {
    gt?: string;
    gte?: string;
    lt?: string;
    lte?: string;
    reverse?: boolean;
    limit?: number;
    valueEncoding: 'utf8';
  }
  export interface LevelIterator {
    nextv(size: number): Promise<string[]>;
    close(): Promise<void>;
  }

  type Item = import('./model.ts').AttributeMap;
  type Schema = import('./model.ts').Table;

  const db: {
    create(options: { path: string }): { readonly db: Level };
    createKey(item: AttributeMap, table: Table, keySchema?: KeySchema): string;
    createIndexKey(item: AttributeMap, table: Table, keySchema: KeySchema): string;
    validateKey(key: AttributeMap, table: Table): DynaliteFailure | undefined;
    validationError(message: string): DynaliteFailure;
    validateUpdates(attributeUpdates: unknown, expressionUpdates: unknown, table: Table): DynaliteFailure | undefined;
    /** The actions call these as members of this object: other functions in their places are called instead. */
    checkConditional: (data: unknown, existing: Item | undefined) => Error | null;
    mapPaths: (paths: readonly (string | readonly (string | number)[])[], item: Item) => Item;
    compare: (operator: string, left: unknown, right: unknown) => boolean;
    queryTable: (
      store: unknown,
      table: Schema,
      data: Record<string, unknown>,
      options: unknown,
      isLocal: boolean | undefined,
      fetches: boolean,
      startKeyNames: unknown,
      callback: (error: Error | null, answer?: Record<string, unknown>) => void,
    ) => void;
    /** The actions call it after the checks and before the write. */
    updateIndexes: (store: unknown, table: Schema, before: unknown, after: unknown, callback: () => void) => void;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    checkTypes(input: unknown, types: unknown): Record<string, unknown>;
    checkValidations(input: Record<string, unknown>, types: unknown, custom: unknown, store: unknown): void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: unknown; readonly custom?: unknown };
  export default validation;
}

declare module 'dynalite/actions/*' {
  type Callback = (error: Error | null | undefined, answer?: Record<string, unknown>) => void;
  const action: (store: unknown, input: Record<string, unknown>, callback: Callback) => void;
  export default action;
}

declare module 'dynalite/db/conditionParser.js' {
  const parser: import('./expressions.ts').Parser;
  export default parser;
}
declare module 'dynalite/db/updateParser.js' {
  const parser: import('./expressions.ts').Parser;
  export default parser;
}
declare module 'dynalite/db/projectionParser.js' {
  const parser: import('./expressions.ts').Parser;
  export default parser;
}
