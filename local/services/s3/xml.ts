/**
 * An element: its text, or its children; several children of one name stand in a list. Attributes stand in the name, behind a blank, as they
 * are to be written.
 */
export interface Xml {
  readonly [name: string]: XmlValue | readonly XmlValue[] | undefined;
}
type XmlValue = string | number | boolean | Xml;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document as S3 writes it. @param namespace - errors have none */
export function toXml(root: string, content: XmlValue, namespace = S3_NAMESPACE): string {
  const attribute = namespace === '' ? '' : ` xmlns="${namespace}"`;
  return `${DECLARATION}<${root}${attribute}>${inner(content)}</${root}>`;
}

function inner(content: XmlValue): string {
  if (typeof content !== 'object') return escape(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) =>
      (value === undefined ? [] : [value].flat()).map((one) => `<${name}>${inner(one)}</${name.replace(/ .*/, '')}>`),
    )
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  // A parser would take a carriage return for a line feed, and does not allow other controls as they are.
  // eslint-disable-next-line no-control-regex
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f]/g, (c) => ENTITIES[c] ?? `&#x${c.charCodeAt(0).toString(16)};`);
}

/** A parsed element. Attributes and comments are not kept: no document that S3 receives has any that matter. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

/** The children of that name. */
export function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first child of that name. */
export function textOf(element: Element, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

const TOKEN = /<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;

/** Characters that no document of XML 1.0 may have, neither as they are nor as references. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Read a small document. @returns undefined when it is not well-formed */
export function parseXml(text: string): Element | undefined {
  if (FORBIDDEN.test(text)) return undefined;
  interface Open {
    name: string;
    text: string;
    children: Open[];
  }
  const top: Open = { name: '', text: '', children: [] };
  const stack: Open[] = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    const current = stack.at(-1);
    if (!match || !current) return undefined;
    const [, closing, name, empty, content] = match;
    if (content !== undefined) {
      const read = unescape(content);
      if (read === undefined || FORBIDDEN.test(read)) return undefined;
      current.text += read;
    }
    if (name === undefined) continue;
    if (closing === '/') {
      if (current.name !== name || stack.length === 1) return undefined;
      stack.pop();
      continue;
    }
    const element: Open = { name, text: '', children: [] };
    current.children.push(element);
    if (empty !== '/') stack.push(element);
  }
  const [root] = top.children;
  return stack.length === 1 && top.children.length === 1 && top.text.trim() === '' ? root : undefined;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @returns undefined when something is not a reference to a character */
function unescape(text: string): string | undefined {
  const strangers: string[] = [];
  const reference = /&(?:#x([0-9a-fA-F]{1,6});|#(\d{1,7});|(\w+);)?/g;
  const read = text.replace(reference, (whole, hex?: string, decimal?: string, name?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const found = name !== undefined ? NAMED[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    if (found === undefined) strangers.push(whole);
    return found ?? '';
  });
  return strangers.length === 0 ? read : undefined;
}
