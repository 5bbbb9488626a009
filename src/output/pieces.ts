/** Values that come over a connection in pieces, of which each is read once it has come whole. */

export interface Whole<Value> {
  readonly value: Value;
  /** How many bytes of the beginning it took. */
  readonly bytes: number;
}

/** Reads the first value; undefined while it has not come whole. Throws on what can never be one. */
export type ReadOne<Value> = (data: Buffer) => Whole<Value> | undefined;

export interface Pieces<Value> {
  /** What is whole now that this has come. Throws what the reader of one throws. */
  read(chunk: Buffer): Value[];
  /** Bytes of what has not come whole. */
  rest(): number;
}

export function inPieces<Value>(readOne: ReadOne<Value>): Pieces<Value> {
  let rest: Buffer = Buffer.alloc(0);
  return {
    read(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const values: Value[] = [];
      for (let next = readOne(rest); next !== undefined; next = readOne(rest)) {
        values.push(next.value);
        rest = rest.subarray(next.bytes);
      }
      return values;
    },
    rest: () => rest.length,
  };
}
