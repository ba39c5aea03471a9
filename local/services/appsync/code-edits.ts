import type ts from 'typescript';
import { MAX_TURNS } from './realm.ts';
import { parser } from './typescript-parser.ts';

// Changes to the text of a module that leave every line where it was.

/** Name of the function that prepared code calls when a loop is cut. */
export const TOO_LONG = '__appsyncTooLong';
/** What the counters of loops begin with. */
const TURNS = '__appsyncTurns';
/** Name of `Object.assign` in prepared code, whatever the code calls `Object`. */
export const ASSIGN = '__appsyncAssign';

export interface Edit {
  readonly at: number;
  readonly until: number;
  readonly text: string;
}

/** Replaces a node; line breaks stay, so that later lines keep their numbers. */
export function replace(file: ts.SourceFile, node: ts.Node, text: string): Edit {
  const at = node.getStart(file);
  const until = node.getEnd();
  const breaks = file.text.slice(at, until).split('\n').length - 1;
  return { at, until, text: text + '\n'.repeat(breaks) };
}

const insert = (at: number, text: string): Edit => ({ at, until: at, text });

/**
 * Makes every loop end after `MAX_TURNS` turns, each loop counting for itself, and call `TOO_LONG` when it is not over then.
 *
 * @remarks The callbacks of array methods are bounded in the methods themselves, so a callback needs no change.
 */
export function boundLoops(file: ts.SourceFile, edits: Edit[]): void {
  let loops = 0;
  const bound = (loop: ts.ForOfStatement | ts.ForInStatement): void => {
    loops += 1;
    const turns = `${TURNS}${String(loops)}`;
    const check = `if ((${turns} += 1) > ${String(MAX_TURNS)}) { ${TOO_LONG}(); break; }`;
    const { statement } = loop;
    edits.push(insert(loop.getStart(file), `{ let ${turns} = 0; `));
    if (parser.isBlock(statement)) edits.push(insert(statement.getStart(file) + 1, check), insert(loop.getEnd(), '}'));
    else edits.push(insert(statement.getStart(file), `{${check}`), insert(loop.getEnd(), '}}'));
  };
  const visit = (node: ts.Node): void => {
    if (parser.isForOfStatement(node) || parser.isForInStatement(node)) bound(node);
    parser.forEachChild(node, visit);
  };
  visit(file);
}

/**
 * Writes `{ ...a, b: 1 }` as `assign({}, a, { b: 1 })`, which means the same.
 *
 * @remarks V8 takes 2 to 4 microseconds for a property after a spread, and a twentieth of that for `Object.assign`; a page of
 * fifty items would feel it. A spread at the end is fast as it is.
 */
export function joinSpreads(file: ts.SourceFile, edits: Edit[]): void {
  const visit = (node: ts.Node): void => {
    if (
      parser.isObjectLiteralExpression(node) &&
      node.properties.some((own, i) => parser.isSpreadAssignment(own) && i < node.properties.length - 1)
    ) {
      joinSpread(file, node, edits);
    }
    parser.forEachChild(node, visit);
  };
  visit(file);
}

function joinSpread(file: ts.SourceFile, node: ts.ObjectLiteralExpression, edits: Edit[]): void {
  const start = node.getStart(file);
  /** Whether the text so far ends inside an object that `assign` takes. */
  let open = true as boolean;
  edits.push({ at: start, until: start + 1, text: `${ASSIGN}({` });
  node.properties.forEach((property, i) => {
    const at = property.getStart(file);
    if (parser.isSpreadAssignment(property)) {
      const before = node.properties[i - 1];
      if (before === undefined) edits.push(insert(start + 1, '}, '));
      else if (open) edits.push(insert(before.getEnd(), '}'));
      edits.push({ at, until: property.expression.getStart(file), text: '' });
      open = false;
    } else if (!open) {
      edits.push(insert(at, '{'));
      open = true;
    }
  });
  edits.push({ at: node.getEnd() - 1, until: node.getEnd(), text: open ? '})' : ')' });
}

/** Where several edits meet, what closes an inner node comes before what opens the next. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, order) => ({ ...edit, order }));
  ordered.sort((a, b) => {
    if (a.at !== b.at) return a.at - b.at;
    const closing = Number(closes(b)) - Number(closes(a));
    return closing === 0 ? a.order - b.order : closing;
  });
  let result = '';
  let from = 0;
  for (const { at, until, text: inserted } of ordered) {
    result += text.slice(from, at) + inserted;
    from = until;
  }
  return result + text.slice(from);
}

const closes = ({ text }: Edit): boolean => /^[})]+$/.test(text);
