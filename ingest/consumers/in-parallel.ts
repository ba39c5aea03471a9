/** Run `work` over all items, so many at a time, and give the results in the items' order. The first failure stops new work. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const place = next++;
      try {
        results[place] = await work(items[place] as Item);
      } catch (cause) {
        failed = true;
        throw cause;
      }
    }
  };
  // Every worker has ended before a failure is reported: what is still on its way would meet the retry of the same batch.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return results;
}
