import { join, relative, sep } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryOfName, keyOfBytes, pathOfKey } from './file-names.ts';

const ROOT = join(sep, 'buckets', 'b', 'objects');

/** Keys of every sort: ordinary ones, ones that look like our marks, like directories of the system, and any text at all. */
const key = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        'A',
        '.',
        '..',
        '',
        '%',
        '%object',
        '%more',
        'con',
        'NUL.txt',
        'é',
        '🎄',
        ' ',
        '%2F',
        'x'.repeat(300),
        'Ä'.repeat(90),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((segments) => segments.join('/'))
    .filter((text) => text !== ''),
);

/** What the listing does, without a disk. */
function keyOfPath(path: string): string {
  const names = relative(ROOT, path).split(sep);
  const texts = names.map((name, index) => {
    const entry = entryOfName(name, index < names.length - 1);
    return entry && entry.text + (entry.kind === 'directory' ? '/' : '');
  });
  return keyOfBytes(texts.join(''));
}

test('a key can be read from its file’s path, which is inside the bucket and portable', () => {
  fc.assert(
    fc.property(key, (text) => {
      const path = pathOfKey(ROOT, text);

      expect(keyOfPath(path)).toBe(text);
      expect(path.startsWith(ROOT + sep)).toBe(true);
      for (const name of relative(ROOT, path).split(sep)) {
        expect(name).toMatch(/^[a-z0-9_=+,.%A-F-]*[a-z0-9_=+,%A-F-]$/);
        expect(Buffer.byteLength(name)).toBeLessThan(256);
      }
    }),
    { numRuns: 2000 },
  );
});

test('no key is in the way of another one, not even where capitals are the same as small letters', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      fc.pre(one !== other);
      const [path, next] = [pathOfKey(ROOT, one), pathOfKey(ROOT, other)].map((each) =>
        each.replace(/%[0-9A-F]{2}/g, '?$&').toLowerCase(),
      );

      expect(path).not.toBe(next);
      expect(next?.startsWith(`${String(path)}${sep}`)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('an ordinary key is readable', () => {
  expect(relative(ROOT, pathOfKey(ROOT, 'raw/v=1/dt=2011-12-09/hour=12/shard-7.ndjson.gz'))).toBe(
    join('raw', 'v=1', 'dt=2011-12-09', 'hour=12', 'shard-7.ndjson.gz%object'),
  );
});
