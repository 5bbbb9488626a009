import type { ItemResult } from '../admission.ts';
import { NO_ROOM } from './runs.ts';
import type { Refused } from './status.ts';

export interface Settled {
  /** By the place of their documents; complete when `add` returns undefined. */
  readonly items: ItemResult[];
  /** The documents that have no result yet. */
  left(): readonly unknown[];
  /** Takes the results for what was left, and says why some of it is left still. */
  add(items: readonly ItemResult[]): Refused | undefined;
}

export const NO_ROOM_RETRY_MS = 1000;

/**
 * What has become of a group's documents so far: of a sender that holds too much of the queue,
 * admission may take the severe alerts only.
 */
export function createSettled(documents: readonly unknown[]): Settled {
  const items: ItemResult[] = [];
  let places = [...documents.keys()];
  return {
    items,
    left: () => places.map((place) => documents[place]),
    add(results) {
      let refusal: Refused | undefined;
      places = places.filter((place, index) => {
        const item = results[index]!;
        items[place] = item;
        if (item.outcome !== 'rejected' || item.code !== NO_ROOM) return false;
        refusal = { ...item, outcome: 'refused', retryAfterMs: NO_ROOM_RETRY_MS };
        return true;
      });
      return refusal;
    },
  };
}
