/** Bytes that are no message in Protocol Buffers' form. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** How a field is written (https://protobuf.dev/programming-guides/encoding). */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads the fields of one message, in their order. Every method throws `WireError`. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  tag(): { readonly id: number; readonly kind: number } {
    const tag = Number(this.varint());
    const id = Math.floor(tag / 8);
    if (id < 1 || id > ID_MAX) throw new WireError('a field has no valid number');
    return { id, kind: tag % 8 };
  }

  /** 64 bits without a sign. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('a number does not end');
  }

  fixed64(): bigint {
    return this.#take(8).readBigUInt64LE();
  }

  double(): number {
    return this.#take(8).readDoubleLE();
  }

  bytes(): Buffer {
    const length = this.varint();
    return this.#take(length > MEMORY_MAX ? Number.POSITIVE_INFINITY : Number(length));
  }

  /** Steps over a field that nobody asked for. */
  skip(kind: number): void {
    if (kind === WIRE.varint) this.varint();
    else if (kind === WIRE.fixed64) this.#take(8);
    else if (kind === WIRE.bytes) this.bytes();
    else if (kind === WIRE.fixed32) this.#take(4);
    else throw new WireError('a field is written in a way that is not known');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireError('it ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

const ID_MAX = 2 ** 29 - 1;
const MEMORY_MAX = 2n ** 31n;
