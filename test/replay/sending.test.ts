import { describe, expect, test } from 'vitest';
import type { Packet, RejectedRow } from '../../ingest/replay/packets.ts';
import { ReceiptError, Sender, UnavailableError, type SendingLimits } from '../../ingest/replay/sending.ts';
import type { TransactionInput } from '../../sdk/index.ts';
import { FakeApi, jumpingClock, lineOf, PASSING_ERROR, refusing } from './fixtures.ts';

let rows = 0;

/** A packet of one line for each customer. */
function packet(...customers: readonly string[]): Packet {
  const lines = customers.map((CustomerID) => {
    const line = { ...lineOf({ CustomerID }), lineId: `line-${String((rows += 1))}` };
    return { row: rows, text: line.lineId, line };
  });
  return { lines, rejected: [], lastRow: rows, endsInvoice: true, share: 0 };
}

function sending(api: FakeApi, limits: Partial<SendingLimits> = {}) {
  const clock = jumpingClock();
  const stop = new AbortController();
  const settled: Packet[] = [];
  const refused: RejectedRow[] = [];
  const sender = new Sender(
    { send: api.send, passes: api.passes, clock, random: () => 0.5 },
    { concurrency: 4, rate: undefined, patience: 60_000, ...limits },
    {
      attempted: () => undefined,
      settled: (packet, _, rows) => {
        settled.push(packet);
        refused.push(...rows);
      },
    },
    stop.signal,
  );
  return { sender, clock, stop, settled, refused };
}

const idsOf = (lines: readonly TransactionInput[] | undefined) => lines?.map(({ lineId }) => lineId);

describe('what is refused for the moment', () => {
  test('goes out again alone, under the same line ids, until it is taken', async () => {
    const api = new FakeApi((lines, count) => (count <= 2 ? refusing(lines, [0, lines.length - 1]) : undefined));
    const { sender, settled } = sending(api);
    const sent = packet('1', '2', '3', '4');

    await sender.submit(sent);
    await sender.drain();

    const [first, second, third] = api.mutations.map(idsOf);
    expect(first).toHaveLength(4);
    expect(second).toEqual([first?.[0], first?.[3]]);
    expect(third).toEqual(second);
    expect(settled).toEqual([sent]);
  });

  test('waits longer each time, by chance up to a limit that doubles up to five seconds', async () => {
    const api = new FakeApi((lines, count) => (count <= 8 ? refusing(lines, [0], 'StreamUnavailable') : undefined));
    const { sender, clock } = sending(api);

    await sender.submit(packet('1'));
    await sender.drain();

    expect(clock.waits).toEqual([50, 100, 200, 400, 800, 1600, 2500, 2500]);
  });

  test('a connection that breaks is such a reason; the whole mutation goes out again', async () => {
    const api = new FakeApi((_, count) => {
      if (count === 1) throw PASSING_ERROR;
      return undefined;
    });
    const { sender, settled } = sending(api);

    await sender.submit(packet('1', '2'));
    await sender.drain();

    expect(api.mutations.map((lines) => lines.length)).toEqual([2, 2]);
    expect(settled).toHaveLength(1);
  });

  test('patience ends when nothing is taken for too long', async () => {
    const api = new FakeApi((lines) => refusing(lines, [0]));
    const { sender, clock } = sending(api, { patience: 10_000 });

    await sender.submit(packet('1'));
    const drained = sender.drain();

    await expect(drained).rejects.toThrow(UnavailableError);
    await expect(drained).rejects.toThrow('Throttled by the test');
    expect(clock.now()).toBeGreaterThan(10_000);
  });
});

describe('what is refused for good', () => {
  test('is not sent again, and is told with its reason while the rest arrives', async () => {
    const api = new FakeApi((lines) => refusing(lines, [1], 'InvalidValue'));
    const { sender, refused } = sending(api);
    const sent = packet('1', '2', '3');

    await sender.submit(sent);
    await sender.drain();

    expect(api.mutations).toHaveLength(1);
    expect(api.taken.size).toBe(2);
    expect(refused).toEqual([
      { row: sent.lines[1]?.row, code: 'InvalidValue', reason: 'InvalidValue by the test', text: sent.lines[1]?.text },
    ]);
  });

  test('an error that does not pass ends the sending at once', async () => {
    const api = new FakeApi(() => {
      throw new Error('not authorized');
    });
    const { sender, settled } = sending(api);

    await sender.submit(packet('1'));

    await expect(sender.drain()).rejects.toThrow('not authorized');
    await expect(sender.submit(packet('2'))).rejects.toThrow('not authorized');
    expect(settled).toEqual([]);
  });

  test('a receipt that does not account for every line is an error', async () => {
    const api = new FakeApi(() => ({ accepted: 1, failed: [] }));
    const { sender } = sending(api);

    await sender.submit(packet('1', '2'));

    await expect(sender.drain()).rejects.toThrow(ReceiptError);
  });
});

describe('several mutations at once', () => {
  test('as many as allowed, and never two with the same customer', async () => {
    const customersUnderWay: string[] = [];
    let overlaps = 0;
    const api = new FakeApi(async (lines) => {
      const customers = lines.map(({ customerId }) => customerId ?? '');
      if (customers.some((customer) => customersUnderWay.includes(customer))) overlaps += 1;
      customersUnderWay.push(...customers);
      await new Promise(setImmediate);
      for (const customer of customers) customersUnderWay.splice(customersUnderWay.indexOf(customer), 1);
      return undefined;
    });
    const { sender } = sending(api, { concurrency: 3 });

    for (let count = 0; count < 30; count += 1) await sender.submit(packet(String(count % 5), `other-${String(count)}`));
    await sender.drain();

    expect(api.mostUnderWay).toBe(3);
    expect(overlaps).toBe(0);
  });

  test('the lines of each customer arrive in the order of the file, though others overtake them', async () => {
    const arrived: { readonly customer: string; readonly place: number }[] = [];
    const api = new FakeApi(async (lines, count) => {
      for (let turns = (count * 7) % 5; turns > 0; turns -= 1) await new Promise(setImmediate);
      for (const { customerId, lineId } of lines) arrived.push({ customer: customerId ?? '', place: Number(lineId.slice(5)) });
      return undefined;
    });
    const { sender } = sending(api);

    for (let count = 0; count < 60; count += 1)
      await sender.submit(packet(String(count % 3), String(count % 7), `${String(count)}x`));
    await sender.drain();

    const places = arrived.map(({ place }) => place);
    expect(places).not.toEqual(places.toSorted((one, other) => one - other));
    for (const customer of new Set(arrived.map((each) => each.customer))) {
      const own = arrived.filter((each) => each.customer === customer).map(({ place }) => place);
      expect(own).toEqual(own.toSorted((one, other) => one - other));
    }
  });

  test('they are settled in the order of the file, whichever is answered first', async () => {
    const answers: (() => void)[] = [];
    const api = new FakeApi(
      () =>
        new Promise((resolve) =>
          answers.push(() => {
            resolve(undefined);
          }),
        ),
    );
    const { sender, settled } = sending(api);
    const sent = [packet('1'), packet('2'), packet('3')];

    for (const each of sent) await sender.submit(each);
    for (const answer of answers.reverse()) {
      answer();
      await new Promise(setImmediate);
    }
    await sender.drain();

    expect(settled).toEqual(sent);
  });

  test('a rate is kept over many mutations', async () => {
    const api = new FakeApi();
    const { sender, clock } = sending(api, { rate: 100 });

    for (let count = 0; count < 11; count += 1) await sender.submit(packet(...Array.from({ length: 50 }, String)));
    await sender.drain();

    expect(clock.now()).toBeCloseTo(5_000);
  });
});

describe('a stop', () => {
  test('lets what is under way be answered, and takes nothing more', async () => {
    let answer: (() => void) | undefined;
    const api = new FakeApi(
      () =>
        new Promise(
          (resolve) =>
            (answer = () => {
              resolve(undefined);
            }),
        ),
    );
    const { sender, stop, settled } = sending(api);

    await sender.submit(packet('1'));
    stop.abort();
    const taken = await sender.submit(packet('2'));
    answer?.();
    const complete = await sender.drain();

    expect(taken).toBe(false);
    expect(complete).toBe(true);
    expect(settled).toHaveLength(1);
  });

  test('ends a pause before the next attempt', async () => {
    const stopped = new AbortController();
    const api = new FakeApi((lines) => {
      stopped.abort();
      return refusing(lines, [0]);
    });
    const { sender, stop } = sending(api);
    stopped.signal.addEventListener('abort', () => {
      stop.abort();
    });

    await sender.submit(packet('1', '2'));
    const complete = await sender.drain();

    expect(complete).toBe(false);
    expect(api.mutations).toHaveLength(1);
  });

  test('gives up a request that is not answered in time', async () => {
    const api = new FakeApi(
      (_lines, _count, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
    );
    const { sender, stop, clock } = sending(api);

    await sender.submit(packet('1'));
    stop.abort();
    const complete = await sender.drain();

    expect(complete).toBe(false);
    expect(clock.waits).toEqual([10_000]);
  });
});
