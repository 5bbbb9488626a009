import type { SendResult, SingleResult } from './define.ts';
import { resultOfError } from './http-result.ts';
import { combined } from './verdicts.ts';

/** Batches for APIs that take only so many items, or bytes, in one request. */

export interface ChunkLimits {
  readonly itemsMax: number;
  readonly bytesMax: number;
}

/** Cuts a list, in its order. An item that is too large alone is a chunk of its own. */
export function chunksOf<Item>(
  items: readonly Item[],
  { itemsMax, bytesMax }: ChunkLimits,
  bytesOf: (item: Item) => number,
): Item[][] {
  const chunks: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = chunks.at(-1);
    const size = bytesOf(item);
    if (last === undefined || last.length >= itemsMax || bytes + size > bytesMax) {
      chunks.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return chunks;
}

/**
 * Sends chunk after chunk. What comes after a failure of a whole request is not tried: it waits. A
 * chunk that is refused as a whole is halved, until it shows which item is meant.
 *
 * @returns A result for each item, in order.
 */
export async function sendChunks<Item>(
  chunks: readonly (readonly Item[])[],
  send: (chunk: readonly Item[]) => Promise<SendResult>,
): Promise<SendResult> {
  const results: SingleResult[] = [];
  let failure: SingleResult | undefined;
  for (const chunk of chunks) {
    const result: SendResult = failure ?? (await sendHalved(chunk, send));
    if (result.outcome === 'retry') failure = result;
    results.push(...spread(result, chunk.length));
  }
  return combined(results);
}

/**
 * Sends items that have the same key together, as `sendChunks` does. No item may be there twice.
 *
 * @returns A result for each item, in the order of the items.
 */
export async function sendGrouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => unknown,
  send: (group: readonly Item[]) => Promise<SendResult>,
): Promise<SendResult> {
  const groups = [...Map.groupBy(items, keyOf).values()];
  const sent = await sendChunks(groups, send);
  if (sent.outcome !== 'partial') return sent;
  const results = new Map(groups.flat().map((item, n) => [item, sent.results[n] as SingleResult]));
  return { outcome: 'partial', results: items.map((item) => results.get(item) as SingleResult) };
}

async function sendHalved<Item>(
  chunk: readonly Item[],
  send: (chunk: readonly Item[]) => Promise<SendResult>,
): Promise<SendResult> {
  const result = await send(chunk).catch(resultOfError);
  if (result.outcome !== 'reject' || chunk.length === 1) return result;
  const middle = chunk.length >> 1;
  return sendChunks([chunk.slice(0, middle), chunk.slice(middle)], send);
}

function spread(result: SendResult, count: number): readonly SingleResult[] {
  return result.outcome === 'partial' ? result.results : Array<SingleResult>(count).fill(result);
}
