import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { RequestError } from './errors.ts';

/**
 * Tokens of a document, as GraphQL Java bounds them: a mutation that writes 250 lines out has half as many.
 *
 * @source graphql-java, ParserOptions.MAX_QUERY_TOKENS
 */
export const MAX_TOKENS = 15_000;

/** Braces, brackets and parentheses inside one another, in a document or in variables. Introspection nests 15. */
export const MAX_NESTING = 100;

/**
 * Selections of an operation once its fragments are put in their places, fields deeper than the depth limit left out.
 *
 * @remarks How far AWS goes is not documented. Without a bound, some hundred bytes of fragments that name one another twice become
 * millions of fields.
 */
export const MAX_SELECTIONS = 10_000;

/** Selections within `__schema` and `__type`, likewise: the query of GraphiQL has 250. */
const MAX_INTROSPECTION_SELECTIONS = 500;

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Reads a document's tokens alone, because a parser calls itself for each brace. @throws GraphQLError also for a broken token */
export function checkTokens(query: string): void {
  const source = new Source(query);
  const lexer = new Lexer(source);
  let count = 0;
  let depth = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    count += 1;
    if (OPENING.has(token.kind)) depth += 1;
    else if (CLOSING.has(token.kind)) depth -= 1;
    if (count > MAX_TOKENS) throw tooMuch(`more than ${String(MAX_TOKENS)} tokens: pass long values as variables`);
    if (depth > MAX_NESTING) throw tooMuch(`more than ${String(MAX_NESTING)} levels of braces, brackets and parentheses`);

    function tooMuch(what: string): GraphQLError {
      return new GraphQLError(`Syntax Error: the document has ${what}.`, { source, positions: [token.start] });
    }
  }
}

/** @throws RequestError 400 when a value has too many levels for what walks through it afterwards */
export function checkNesting(variables: object): void {
  let level: object[] = [variables];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING)
      throw new RequestError(
        400,
        'BadRequestException',
        `The variables have more than ${String(MAX_NESTING)} levels of lists and objects.`,
      );
    level = level.flatMap((value) =>
      Object.values(value).filter((inner): inner is object => typeof inner === 'object' && inner !== null),
    );
  }
}

/** Counts the selections of one plan. */
export class SelectionCount {
  private fields = 0;
  private introspection = 0;

  get selections(): number {
    return this.fields + this.introspection;
  }

  /** @throws RequestError 400 when fragments nest where braces need not */
  reach(depth: number): void {
    if (depth > MAX_NESTING) throw tooLarge(MAX_NESTING, 'levels');
  }

  /** @throws RequestError 400 */
  add(): void {
    this.fields += 1;
    if (this.fields > MAX_SELECTIONS) throw tooLarge(MAX_SELECTIONS, 'selections');
  }

  /** @throws RequestError 400 */
  addIntrospection(): void {
    this.introspection += 1;
    if (this.introspection > MAX_INTROSPECTION_SELECTIONS)
      throw tooLarge(MAX_INTROSPECTION_SELECTIONS, 'selections of the schema');
  }
}

const tooLarge = (most: number, what: string) =>
  new RequestError(
    400,
    'BadRequestException',
    `The operation has more than ${String(most)} ${what}, each use of a fragment counted.`,
  );
