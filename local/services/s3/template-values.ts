import type { Xml } from './xml.ts';

/** Values of a template: each reader takes what it understands and leaves the rest. */
export type Members = Readonly<Record<string, unknown>>;

export const membersOf = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {});

export const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(membersOf) : []);

/** The text of a text, a number or a truth value. */
export const textOfValue = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;

/** An element that is left out when it would be empty. */
export const unlessEmpty = (members: Xml): Xml | undefined =>
  Object.values(members).some((value) => value !== undefined) ? members : undefined;
