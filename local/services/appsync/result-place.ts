import type { Path } from './errors.ts';

/** Where an object or list of the answer stands. */
export class Place {
  /** The object or list itself, which is filled as its members arrive. */
  content: Record<string | number, unknown> | undefined = undefined;
  /** Of an object; a list has none. */
  typeName: string | undefined = undefined;

  constructor(
    readonly above: Place | undefined,
    readonly key: string | number,
    readonly nullable: boolean,
  ) {}
}

/** The path of a member of what stands at a place. */
export function pathTo(place: Place | undefined, key: string | number): (string | number)[] {
  const path = [key];
  for (let at = place; at?.above !== undefined; at = at.above) path.push(at.key);
  return path.reverse();
}

/** `/invoices/items[3]/total`. */
export function pathText(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `/${step}`)).join('');
}
