import { SHARD_COUNT } from '../queue/position.ts';
import type { ReadResult } from '../queue/queue.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import { URGENT_SHARDS, URGENT_WINDOW_SHARE, WINDOW_MAX } from './limits.ts';
import type { Window } from './window.ts';

interface Parts {
  readonly lane: number;
  readonly window: Window;
  readonly context: LaneContext;
  readonly settings: () => LaneSettings;
  /** Something was read later than it was asked for. */
  readonly onRead: () => void;
}

/** Reads alerts into a lane's window as far as there is room: urgent shards have a share of their own. */
export class Feed {
  readonly #parts: Parts;
  readonly #reading = new Set<number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Shards in which something is on disk that the window has not seen. */
  unreadShards(): number[] {
    const { window, context } = this.#parts;
    const shards: number[] = [];
    for (let shard = 0; shard < SHARD_COUNT; shard += 1) {
      if (window.scannedTo(shard) < context.queue.head(shard)) shards.push(shard);
    }
    return shards;
  }

  /** Near the head a read is memory, and done at once. */
  fill(): void {
    const { lane, window, context } = this.#parts;
    for (const shard of this.unreadShards()) {
      const room = this.#reading.has(shard) ? 0 : this.#room(shard < URGENT_SHARDS);
      if (room <= 0) continue;
      const after = window.scannedTo(shard);
      const read = context.queue.read(lane, shard, after, room);
      if (read instanceof Promise) void this.#readLater(shard, after, read);
      else window.add(shard, read, context.clock.monotonicMs());
    }
  }

  async #readLater(shard: number, after: number, read: Promise<ReadResult>): Promise<void> {
    const { window, context, onRead } = this.#parts;
    this.#reading.add(shard);
    try {
      const result = await read;
      // A cursor that was moved meanwhile has made this read old.
      if (window.scannedTo(shard) === after) {
        window.add(shard, result, context.clock.monotonicMs());
      }
    } catch {
      // Tried again with the next wake, at the latest when skips are settled.
      return;
    } finally {
      this.#reading.delete(shard);
    }
    onRead();
  }

  #room(urgent: boolean): number {
    const { window, context, settings } = this.#parts;
    const { batch, concurrency } = settings();
    const max = Math.min(WINDOW_MAX, 2 * concurrency * batch.alertsMax);
    if (window.bytes >= context.windowBytesMax()) return 0;
    const lower = window.counted(false);
    const free = Math.min(max - lower - window.counted(true), WINDOW_MAX - window.size);
    if (urgent) return free;
    const lowerMax = Math.max(1, max - Math.ceil(max * URGENT_WINDOW_SHARE));
    return Math.min(lowerMax - lower, free);
  }
}
