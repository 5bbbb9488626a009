import { Failure } from './errors.ts';
import { isList, isMap, isNil, isText, ownValue, textOf, typeName } from './value.ts';

/** Go's `index`: `index x 1 "a"` is `x[1]["a"]`; a key that a map does not have gives nothing. */
export function indexValue(item: unknown, indexes: readonly unknown[]): unknown {
  return indexes.reduce(indexOnce, item);
}

function indexOnce(item: unknown, index: unknown): unknown {
  if (isMap(item)) {
    return ownValue(item, keyOf(index));
  }
  if (isList(item)) {
    return item[position(index, item.length - 1)];
  }
  if (typeof item === 'string') {
    const bytes = Buffer.from(item);
    return BigInt(bytes[position(index, bytes.length - 1)] ?? 0);
  }
  throw unusable('index', item, 'a map, list or text');
}

/** What may be absent is best asked for with `if` before. */
function unusable(name: string, item: unknown, wanted: string): Failure {
  const remedy = isNil(item) ? 'check that it exists with {{if}}' : `it takes ${wanted}`;
  return new Failure(`cannot use ${name} on ${typeName(item)}; ${remedy}`);
}

function keyOf(index: unknown): string {
  if (!isText(index)) {
    throw new Failure(`a key of type ${typeName(index)} should be a string; quote it`);
  }
  return textOf(index);
}

/** An integer from 0 to `max`. */
function position(index: unknown, max: number): number {
  const isNumber = typeof index === 'number' && Number.isInteger(index);
  if (typeof index !== 'bigint' && !isNumber) {
    throw new Failure(`cannot index with type ${typeName(index)}; use an integer`);
  }
  if (index < 0 || index > max) {
    throw new Failure(`index out of range: ${index}; check the length with len`);
  }
  return Number(index);
}

/** Go's `slice`: `slice x 1 2` is `x[1:2]`. A text is cut by bytes. */
export function sliceValue(item: unknown, indexes: readonly unknown[]): unknown {
  if (isList(item)) {
    return item.slice(...range(indexes, item.length));
  }
  if (typeof item !== 'string') {
    throw unusable('slice', item, 'a list or text');
  }
  if (indexes.length > 2) {
    throw new Failure('cannot 3-index slice a string; leave the third index out');
  }
  const bytes = Buffer.from(item);
  return bytes.subarray(...range(indexes, bytes.length)).toString();
}

function range(indexes: readonly unknown[], length: number): [start: number, end: number] {
  const [start = 0, end = length, capacity = length] = indexes.map((index) => {
    return position(index, length);
  });
  if (start > end || end > capacity) {
    const [low, high] = start > end ? [start, end] : [end, capacity];
    throw new Failure(`invalid slice index: ${low} > ${high}; put the smaller one first`);
  }
  return [start, end];
}

/** Go's `len`: the bytes of a text, the items of a list, the keys of a map. */
export function lengthOf(item: unknown): bigint {
  if (isList(item)) {
    return BigInt(item.length);
  }
  if (isMap(item)) {
    return BigInt(Object.keys(item).length);
  }
  if (isText(item)) {
    return BigInt(Buffer.byteLength(textOf(item)));
  }
  throw unusable('len', item, 'a map, list or text');
}
