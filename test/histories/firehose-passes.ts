const LINE_FEED = Buffer.from('\n');

/** The object that Firehose stages of these records, for COPY to read. */
export const passedByFirehose = async (records: readonly Buffer[]): Promise<Buffer> =>
  Buffer.concat(records.flatMap((record) => (record.at(-1) === LINE_FEED[0] ? [record] : [record, LINE_FEED])));
