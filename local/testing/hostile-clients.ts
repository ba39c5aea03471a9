import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A port of the stack and whole requests that it answers. */
export interface Port {
  readonly name: string;
  readonly port: number;
  readonly requests: readonly Buffer[];
  /** Otherwise only what needs no HTTP is tried. @default true */
  readonly speaksHttp?: boolean;
}

/** What a hostile client met, for the message of a failed test. */
export interface Attack {
  readonly port: string;
  readonly way: string;
  readonly request: string;
  readonly problem: string;
}

/** How long a whole request may wait for its answer, and a half one for the end of its connection. @unit milliseconds */
const PATIENCE = 15_000;

type Random = (limit: number) => number;

/** mulberry32: the same seed makes the same attacks. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** A connection that keeps what it got, and whose errors are ignored. */
async function open(port: number): Promise<{ socket: Socket; got(this: void): string; ended: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) =>
    socket.once('close', () => {
      resolve();
    }),
  );
  await new Promise<void>((resolve) => {
    socket.once('connect', () => {
      resolve();
    });
    socket.once('close', () => {
      resolve();
    });
  });
  return { socket, got: () => Buffer.concat(pieces).toString('latin1'), ended };
}

/** Resolves with false when it has not come to pass within the patience. */
async function within(promise: Promise<void>, milliseconds = PATIENCE): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(
    (resolve) =>
      (timer = setTimeout(() => {
        resolve(false);
      }, milliseconds)),
  );
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/** The whole request in these pieces, each in a packet of its own. @returns what is wrong */
async function sendPieces(port: number, pieces: readonly Buffer[]): Promise<string | undefined> {
  const { socket, got, ended } = await open(port);
  const answered = new Promise<void>((resolve) =>
    socket.on('data', () => {
      if (got().includes('\r\n\r\n')) resolve();
    }),
  );
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    await turn();
  }
  const inTime = await within(Promise.race([answered, ended]));
  socket.destroy();
  if (!inTime) return 'no answer';
  return got().startsWith('HTTP/1.1 ') ? undefined : `the connection ended with ${JSON.stringify(got().slice(0, 80))}`;
}

/** Bytes that end before the request does, or are none; then the connection is closed or reset. */
async function breakOff(port: number, bytes: Buffer, ending: 'end' | 'reset' | 'destroy'): Promise<string | undefined> {
  const { socket, ended } = await open(port);
  await new Promise<void>((resolve) =>
    socket.write(bytes, () => {
      resolve();
    }),
  );
  await turn();
  if (ending === 'end') socket.end();
  else if (ending === 'reset') socket.resetAndDestroy();
  else socket.destroy();
  // Answered, refused or given up: a connection that the client has ended does not stay.
  const gone = await within(ended);
  socket.destroy();
  return gone ? undefined : 'the connection stays open after its client has ended it';
}

const cut = (request: Buffer, at: number) => [request.subarray(0, at), request.subarray(at)];
const headEnd = (request: Buffer) => request.indexOf('\r\n\r\n') + 4;
const withHead = (request: Buffer, edit: (head: string) => string) => {
  const end = headEnd(request);
  return Buffer.concat([Buffer.from(edit(request.subarray(0, end).toString('latin1')), 'latin1'), request.subarray(end)]);
};
const ENDINGS = ['end', 'reset', 'destroy'] as const;

/** Each gives what is wrong with the server, `undefined` when nothing is. */
const WAYS: Readonly<Record<string, (port: number, request: Buffer, random: Random) => Promise<string | undefined>>> = {
  'in two packets': (port, request, random) => sendPieces(port, cut(request, 1 + random(request.length - 1))),
  'headers in one packet, body in another': (port, request) =>
    sendPieces(port, cut(request, Math.min(headEnd(request), request.length - 1))),
  'byte by byte at the end of the headers': (port, request) => {
    const end = headEnd(request);
    const start = Math.max(1, end - 6);
    const singles = [...request.subarray(start, end + 4)].map((byte) => Buffer.of(byte));
    return sendPieces(port, [request.subarray(0, start), ...singles, request.subarray(end + 4)]);
  },
  'broken off': (port, request, random) =>
    breakOff(port, request.subarray(0, random(request.length)), ENDINGS[random(3)] ?? 'end'),
  'whole, and reset at once': (port, request) => breakOff(port, request, 'reset'),
  'body missing': (port, request, random) => breakOff(port, request.subarray(0, headEnd(request)), ENDINGS[random(3)] ?? 'end'),
  'three at once, then reset': (port, request) => breakOff(port, Buffer.concat([request, request, request]), 'reset'),
  pipelined: (port, request) => sendPieces(port, [Buffer.concat([request, request, request])]),
  'a longer body promised': (port, request, random) =>
    breakOff(
      port,
      withHead(request, (head) =>
        head.replace(/content-length: (\d+)/i, (_, length) => `content-length: ${String(Number(length) + 1 + random(9_999))}`),
      ),
      ENDINGS[random(3)] ?? 'end',
    ),
  'a shorter body promised': (port, request) =>
    breakOff(
      port,
      withHead(request, (head) => head.replace(/content-length: \d+/i, 'content-length: 1')),
      'end',
    ),
  'a content-length that is none': (port, request) =>
    breakOff(
      port,
      withHead(request, (head) => head.replace(/content-length: \d+/i, 'content-length: -1')),
      'end',
    ),
  'chunks that are none': (port, request) =>
    breakOff(
      port,
      withHead(request, (head) => head.replace(/content-length: \d+/i, 'transfer-encoding: chunked')),
      'end',
    ),
  'an empty body in chunks, broken off': (port, request) =>
    breakOff(
      port,
      Buffer.concat([
        Buffer.from(
          request
            .subarray(0, headEnd(request))
            .toString('latin1')
            .replace(/content-length: \d+/i, 'transfer-encoding: chunked'),
          'latin1',
        ),
        Buffer.from('5\r\nab'),
      ]),
      'reset',
    ),
  'headers beyond all bounds': (port, request) =>
    breakOff(
      port,
      withHead(request, (head) => head.replace('\r\n', `\r\nx-long: ${'x'.repeat(100_000)}\r\n`)),
      'end',
    ),
  'flipped bytes': (port, request, random) => {
    const bytes = Buffer.from(request);
    for (let count = 1 + random(4); count > 0; count -= 1) bytes[random(bytes.length)] = random(256);
    return breakOff(port, bytes, 'end');
  },
  garbage: (port, _, random) =>
    breakOff(port, Buffer.from(Array.from({ length: 1 + random(600) }, () => random(256))), ENDINGS[random(3)] ?? 'end'),
  'a handshake of WebSocket, reset': (port, request) =>
    breakOff(
      port,
      withHead(request, (head) =>
        head
          .replace(/^\S+ \S+/, 'GET /graphql/realtime')
          .replace(/content-length: \d+\r\n/i, '')
          .replace(
            '\r\n',
            '\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
          ),
      ),
      'reset',
    ),
  'a proxy asked for': (port, _, random) =>
    breakOff(port, Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n'), ENDINGS[random(3)] ?? 'end'),
  'an expectation': (port, request, random) =>
    breakOff(
      port,
      withHead(request, (head) =>
        head.replace('\r\n', `\r\nexpect: ${['100-continue', 'something-else'][random(2)] ?? ''}\r\n`),
      ).subarray(0, headEnd(request) + 20),
      'reset',
    ),
  'opened and left': (port, _, random) => breakOff(port, Buffer.alloc(0), ENDINGS[random(3)] ?? 'end'),
};

const WITHOUT_HTTP: ReadonlySet<string> = new Set(['broken off', 'whole, and reset at once', 'garbage', 'opened and left']);

/**
 * Attack the ports in a seeded order, several clients at once.
 *
 * @param count - how many attacks on each port
 * @returns what was wrong with a server
 */
export async function attackPorts(ports: readonly Port[], count: number, seed: number): Promise<readonly Attack[]> {
  const random = randomOf(seed);
  const attacks = ports.flatMap(({ name, port, requests, speaksHttp = true }) => {
    const ways = Object.entries(WAYS).filter(([way]) => speaksHttp || WITHOUT_HTTP.has(way));
    return Array.from({ length: count }, (_, index) => {
      const [way = '', run] = ways[index % ways.length] ?? [];
      const request = requests[Math.floor(index / ways.length) % requests.length] ?? Buffer.from('GET / HTTP/1.1\r\n\r\n');
      const own = randomOf(random(2 ** 31));
      return async (): Promise<Attack | undefined> => {
        const problem = await run?.(port, request, own);
        return problem === undefined
          ? undefined
          : { port: name, way, request: request.subarray(0, 100).toString('latin1'), problem };
      };
    });
  });
  const found: Attack[] = [];
  const next = attacks[Symbol.iterator]();
  const client = async (): Promise<void> => {
    for (const attack of next) {
      const problem = await attack();
      if (problem !== undefined) found.push(problem);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return found;
}

/** Split a request at every one of its bytes. @returns what was wrong */
export async function splitEverywhere({ name, port, requests }: Port): Promise<readonly Attack[]> {
  const found: Attack[] = [];
  for (const request of requests) {
    const places = Array.from({ length: request.length - 1 }, (_, at) => at + 1);
    const next = places[Symbol.iterator]();
    const client = async (): Promise<void> => {
      for (const at of next) {
        const problem = await sendPieces(port, cut(request, at));
        if (problem !== undefined)
          found.push({
            port: name,
            way: `split at ${String(at)}`,
            request: request.subarray(0, 100).toString('latin1'),
            problem,
          });
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
  }
  return found;
}
