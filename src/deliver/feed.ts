import { SHARD_COUNT } from '../queue/position.ts';
import type { ReadResult } from '../queue/queue.ts';
import type { LaneContext, LaneSettings } from './lane-context.ts';
import {
  LOWER_PRIORITY_TURN,
  PROBE_WINDOW,
  READ_BYTES_SHARE,
  URGENT_SHARDS,
  URGENT_WINDOW_SHARE,
  WINDOW_MAX,
  windowMax,
} from './limits.ts';
import type { Troubles } from './troubles.ts';
import type { Window } from './window.ts';

interface Parts {
  readonly lane: number;
  readonly window: Window;
  readonly context: LaneContext;
  readonly troubles: Troubles;
  readonly settings: () => LaneSettings;
  readonly isProbing: () => boolean;
  /** Something was read later than it was asked for. */
  readonly onRead: () => void;
}

/** Reads alerts into a lane's window as far as there is room: urgent shards have a share of their own. */
export class Feed {
  readonly #parts: Parts;
  /** Reads under way, by shard: what each may bring. */
  readonly #reading = new Map<number, Room>();
  /** Above 0: of what both kinds wanted, the lower priorities have not had their tenth yet. */
  #due = 0;

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
    if (window.size >= WINDOW_MAX) return;
    const { order, contested } = this.#inTurn();
    for (const shard of order) {
      const room = this.#reading.has(shard) ? undefined : this.#room(shard < URGENT_SHARDS);
      if (room === undefined) continue;
      const after = window.scannedTo(shard);
      const read = context.queue.read(lane, shard, after, room.alerts, room.bytes);
      if (read instanceof Promise) {
        this.#reading.set(shard, room);
        void this.#readLater(shard, after, read, contested);
      } else this.#take(shard, read, contested);
    }
  }

  /**
   * Urgent shards first, of the others the one that is furthest behind; but a tenth goes to the
   * others, or a flood of urgent alerts would leave them no room.
   */
  #inTurn(): { order: number[]; contested: boolean } {
    const { window, troubles } = this.#parts;
    const unread = this.unreadShards().filter((shard) => !troubles.isFresh(nameOf(shard)));
    const urgent = unread.filter((shard) => shard < URGENT_SHARDS);
    const lower = unread
      .filter((shard) => shard >= URGENT_SHARDS)
      .sort((a, b) => window.scannedTo(a) - window.scannedTo(b));
    const contested = urgent.length > 0 && lower.length > 0;
    const order = this.#due > 0 ? [...lower, ...urgent] : [...urgent, ...lower];
    return { order, contested };
  }

  async #readLater(
    shard: number,
    after: number,
    read: Promise<ReadResult>,
    contested: boolean,
  ): Promise<void> {
    const { window, troubles, onRead } = this.#parts;
    const result = await troubles.reading(nameOf(shard), read);
    this.#reading.delete(shard);
    // A cursor that was moved meanwhile has made this read old.
    if (result !== undefined && window.scannedTo(shard) === after) {
      this.#take(shard, result.value, contested);
    }
    onRead();
  }

  #take(shard: number, read: ReadResult, contested: boolean): void {
    const { window, context } = this.#parts;
    window.add(shard, read, context.clock.monotonicMs());
    if (!contested) return;
    const count = read.alerts.length;
    this.#due += shard < URGENT_SHARDS ? count : -count * (LOWER_PRIORITY_TURN - 1);
    this.#due = Math.min(this.#due, LOWER_PRIORITY_TURN);
  }

  /** Undefined: there is none. */
  #room(urgent: boolean): Room | undefined {
    const bytes = this.#bytesRoom(urgent);
    const alerts = bytes > 0 ? this.#alertsRoom(urgent) : 0;
    return alerts > 0 ? { alerts, bytes } : undefined;
  }

  #alertsRoom(urgent: boolean): number {
    const { window, settings, isProbing } = this.#parts;
    const max = Math.max(windowMax(settings()), isProbing() ? PROBE_WINDOW : 0);
    const lower = window.counted(false) + this.#asked(false).alerts;
    const upper = window.counted(true) + this.#asked(true).alerts;
    const share = Math.ceil(max * URGENT_WINDOW_SHARE);
    // What was read to probe, or before new settings, may be more than fits: that takes no share.
    const room = urgent
      ? Math.max(max - lower - upper, share - upper)
      : Math.min(Math.max(1, max - share) - lower, max - lower - upper);
    return Math.min(room, WINDOW_MAX - window.size);
  }

  /** Room for more text: large alerts of low priority leave urgent ones their share. */
  #bytesRoom(urgent: boolean): number {
    const { window, context } = this.#parts;
    const share = urgent ? URGENT_WINDOW_SHARE : 1 - URGENT_WINDOW_SHARE;
    const max = context.windowBytesMax() * share;
    const room = max - window.bytes(urgent) - this.#asked(urgent).bytes;
    return room >= max * READ_BYTES_SHARE ? room : 0;
  }

  /** What reads under way may bring. */
  #asked(urgent: boolean): Room {
    let [alerts, bytes] = [0, 0];
    for (const [shard, room] of this.#reading) {
      if (shard < URGENT_SHARDS !== urgent) continue;
      alerts += room.alerts;
      bytes += room.bytes;
    }
    return { alerts, bytes };
  }
}

/** What a lane can take. */
interface Room {
  readonly alerts: number;
  readonly bytes: number;
}

function nameOf(shard: number): string {
  return `shard ${shard}`;
}
