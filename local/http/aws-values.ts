/** A point in time of an answer or a request: seconds in JSON, milliseconds with a tag in CBOR. */
export class EpochTime {
  constructor(
    /** @unit ms since epoch */
    readonly milliseconds: number,
  ) {}

  toJSON(): number {
    return this.milliseconds / 1000;
  }
}

/** Bytes of an answer: base64 in JSON, a byte string in CBOR. */
export class BinaryValue {
  constructor(readonly bytes: Buffer) {}

  toJSON(): string {
    return this.bytes.toString('base64');
  }
}
