import type { ChunkLimits } from './chunks.ts';

/**
 * As many items of a list as its limits let it have, in their order. The lowest rank goes first, of
 * those the oldest.
 *
 * @param items The oldest first; their bytes are those of their JSON.
 */
export function boundedList<Item>(
  items: readonly Item[],
  { itemsMax, bytesMax }: ChunkLimits,
  rankOf: (item: Item) => number,
): Item[] {
  const weighed = items.map((item, place) => ({
    place,
    bytes: Buffer.byteLength(JSON.stringify(item)),
    rank: rankOf(item),
  }));
  // What goes first stands first.
  weighed.sort((a, b) => a.rank - b.rank || a.place - b.place);
  let count = items.length;
  let bytes = weighed.reduce((sum, one) => sum + one.bytes, 0);
  const gone = new Set<number>();
  for (const one of weighed) {
    if (count <= itemsMax && bytes <= bytesMax) break;
    gone.add(one.place);
    count -= 1;
    bytes -= one.bytes;
  }
  return items.filter((_, place) => !gone.has(place));
}
