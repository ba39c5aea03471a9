import { Buffer } from 'node:buffer';
import oddGzip from './odd-gzip.json' with { type: 'json' };

/** A gzip file that is odd, by its parts, and how many rows are read of it, or why none. */
interface OddGzip {
  readonly parts: string;
  readonly verdict: string | number;
}

/** Every sequence of up to three parts, the import having the same (test/glue/test_csv_header.py). */
export const ODD_GZIP_FILES: readonly OddGzip[] = oddGzip.verdicts.flatMap(({ verdict, files }) =>
  files.map((parts) => ({ parts, verdict })),
);

const [FIRST, MEMBER, EMPTY] = [oddGzip.members.first, oddGzip.members.member, oddGzip.members.empty].map((base64) =>
  Buffer.from(base64, 'base64'),
) as [Buffer, Buffer, Buffer];

export function bytesOf({ parts }: OddGzip): Buffer {
  const words = parts.split(' ');
  // The first that holds anything holds the header.
  return Buffer.concat(
    words.map((word, at) => partOf(word, words.slice(0, at).every((other) => other === 'empty') ? FIRST : MEMBER)),
  );
}

function partOf(word: string, member: Buffer): Buffer {
  const number = Number(/\d+$/.exec(word)?.[0]);
  if (word === 'member') return member;
  if (word === 'empty') return EMPTY;
  if (word === 'garbage') return Buffer.from('garbage');
  if (word === 'mark') return Buffer.from([0x1f]);
  if (word.startsWith('zeros')) return Buffer.alloc(number);
  if (word.startsWith('cut')) return member.subarray(0, -number);
  // The last eight bytes are the check sum and the size.
  const wrong = Buffer.from(member);
  wrong[member.length - (word === 'wrongCrc' ? 8 : 4)]! ^= 1;
  return wrong;
}
