/** A store behind the door. */
export type StoreName = 'S3 raw/' | 'DynamoDB' | 'Redshift';

/** How things stood before anything was sent: what is new is told by it. */
export interface StoreSnapshot {
  /** ISO 8601. */
  readonly at: string;
  /** The last load of the warehouse; 0 before the first, and where there is no warehouse. */
  readonly load: number;
  /** Objects that had been put aside just before: times of objects are in whole seconds. */
  readonly known: readonly string[];
}

/** Records of the stream that a store has not done yet. */
export interface Waiting {
  readonly store: StoreName;
  readonly records: number;
}

/** Lines that came through the door and not into a store. */
export interface PutAside {
  /** In which they are missing. */
  readonly stores: readonly StoreName[];
  /** `undefined` where nobody knows: a list of objects. */
  readonly lines: number | undefined;
  /** Such as `rejected/unstored/`. */
  readonly where: string;
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What the warehouse says of lines: in = new + changed + unchanged + repeated + rejected. */
export interface LoadCounts {
  readonly in: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly rejected: number;
}

/** The stores of a stack that lets its clients see them. */
export interface Stores {
  readonly names: readonly StoreName[];
  begin(): Promise<StoreSnapshot>;
  /** How much of the stream each has still to do. */
  waiting(): Promise<readonly Waiting[]>;
  putAside(since: StoreSnapshot): Promise<readonly PutAside[]>;
  /** `undefined` where there is no warehouse. */
  loads(since: StoreSnapshot): Promise<LoadCounts | undefined>;
  close(): void;
}

/** What is behind the door, or, where it cannot be seen from here, how to ask. */
export type OpenedStores = { readonly stores: Stores } | { readonly howToAsk: string };
