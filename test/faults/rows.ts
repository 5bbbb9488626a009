import { type Books, readBooks } from '../support/accounts.ts';
import type { Arrival } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { isExact } from '../support/numbered-alerts.ts';
import type { Sender } from './senders.ts';

/** What became of the alerts of one sender at one output, and whether that is what was promised. */

export interface Row {
  readonly fault: string;
  readonly way: string;
  readonly sent: number;
  readonly acknowledged: number;
  /** Of the acknowledged, as the other figures. */
  readonly delivered: number;
  readonly dead: number;
  /** Given up on purpose and counted. */
  readonly suppressed: number;
  /** What is left of the acknowledged. */
  readonly lost: number;
  readonly duplicated: number;
  /** From the acknowledgement to the arrival. */
  readonly longestWaitMs: number;
  /** What was promised and is not so, in words. */
  readonly broken: readonly string[];
  /** Further figures, in words. */
  readonly note: string;
}

/** What a destination has seen. */
export interface Seen {
  readonly arrivals: readonly Arrival[];
  readonly taken: ReadonlyMap<string, number>;
}

/** Of a queue that could not be opened. */
const NO_BOOKS: Books = { waiting: new Set(), dead: new Set(), suppressed: 0, mismatch: 0 };

export type Sent = Pick<Sender, 'sent' | 'acknowledged' | 'acknowledgedAtMs'> & {
  readonly way: string;
};

export interface Promises {
  /** Deliveries beyond the first that the row may have, of all its senders together. */
  readonly duplicatesMax?: number;
  /** Dead letters that the row must have, of each sender. */
  readonly dead?: number;
  /** Which alerts must be dead letters, where that is not a number. */
  readonly isDead?: (uuid: string) => boolean;
  /** Nothing can be kept, so nothing may be acknowledged. */
  readonly unpromised?: boolean;
  readonly note?: string;
  readonly broken?: readonly string[];
}

/** Where alerts of an output may be given up on purpose: one row for all senders, who share the loss. */
export function sumOf(senders: readonly Sent[]): Sent {
  return {
    way: 'all',
    sent: new Set(senders.flatMap(({ sent }) => [...sent])),
    acknowledged: new Set(senders.flatMap(({ acknowledged }) => [...acknowledged])),
    acknowledgedAtMs: new Map(senders.flatMap(({ acknowledgedAtMs }) => [...acknowledgedAtMs])),
  };
}

export function rowsOf(
  { hub, fault, output, seen }: { hub: HubProcess; fault: string; output: string; seen: Seen },
  senders: readonly Sent[],
  promises: Promises = {},
): Row[] {
  const books = promises.unpromised === true ? NO_BOOKS : readBooks(hub, output);
  const inexact = seen.arrivals.filter(({ uuid, json }) => !isExact(uuid, json)).length;
  const duplicated = senders.reduce((sum, { sent }) => sum + duplicatesOf(seen, sent), 0);
  const { duplicatesMax = 0 } = promises;
  const broken = [
    ...(promises.broken ?? []),
    ...(inexact > 0 ? [`${inexact} arrived with another digit`] : []),
    ...(books.mismatch === 0 ? [] : [`the queue's books are off by ${books.mismatch}`]),
    ...(duplicated > duplicatesMax
      ? [`${duplicated} duplicates, where ${duplicatesMax} are allowed`]
      : []),
  ];
  return senders.map((sender, i) => {
    const row = rowOf(sender, seen, books, senders.length === 1 ? books.suppressed : 0);
    const { isDead = () => false } = promises;
    const dead = promises.dead ?? [...sender.acknowledged].filter(isDead).length;
    // What has arrived, and is not written down as that, or is on its way once more, is no loss.
    const isOwed = (uuid: string): boolean => books.waiting.has(uuid) && !seen.taken.has(uuid);
    const waiting = [...sender.acknowledged].filter(isOwed).length;
    const own = [
      ...(i === 0 ? broken : []),
      ...(waiting === 0 ? [] : [`${waiting} still waited when the time was up`]),
      ...(row.dead === dead ? [] : [`${row.dead} dead letters`]),
      ...(row.acknowledged > 0 === (promises.unpromised !== true)
        ? []
        : [`${row.acknowledged} were acknowledged`]),
    ];
    return { fault, way: sender.way, ...row, note: promises.note ?? '', broken: own };
  });
}

function rowOf(
  { sent, acknowledged, acknowledgedAtMs }: Sent,
  seen: Seen,
  books: Books,
  suppressed: number,
) {
  const isSafe = (uuid: string): boolean => seen.taken.has(uuid) || books.dead.has(uuid);
  const missing = [...acknowledged].filter((uuid) => !isSafe(uuid)).length;
  return {
    sent: sent.size,
    acknowledged: acknowledged.size,
    delivered: [...acknowledged].filter((uuid) => seen.taken.has(uuid)).length,
    dead: [...acknowledged].filter((uuid) => books.dead.has(uuid)).length,
    suppressed,
    lost: Math.max(0, missing - suppressed),
    duplicated: duplicatesOf(seen, sent),
    longestWaitMs: longestWait(acknowledgedAtMs, seen),
  };
}

function duplicatesOf({ taken }: Seen, sent: ReadonlySet<string>): number {
  return [...sent].reduce((sum, uuid) => sum + Math.max(0, (taken.get(uuid) ?? 0) - 1), 0);
}

function longestWait(acknowledgedAtMs: ReadonlyMap<string, number>, { arrivals }: Seen): number {
  const arrived = new Set<string>();
  let longestMs = 0;
  for (const { uuid, atMs, taken } of arrivals) {
    if (!taken || arrived.has(uuid)) continue;
    arrived.add(uuid);
    longestMs = Math.max(longestMs, atMs - (acknowledgedAtMs.get(uuid) ?? atMs));
  }
  return longestMs;
}

const SETTLE_MS_MAX = 120_000;

/**
 * Waits until the queue owes an output nothing of what these sent. When the time is up that is no
 * error: what still waits counts as lost.
 */
export async function settled(
  hub: HubProcess,
  output: string,
  seen: Seen,
  senders: readonly Sent[],
  timeoutMs = SETTLE_MS_MAX,
): Promise<void> {
  const missing = (): string[] =>
    senders.flatMap(({ acknowledged }) => [...acknowledged].filter((one) => !seen.taken.has(one)));
  let lookAtMs = 0;
  const isDone = (): boolean => {
    const missed = missing();
    if (missed.length === 0) return true;
    // The file is looked at less often: that costs the hub.
    if (performance.now() < lookAtMs) return false;
    lookAtMs = performance.now() + 500;
    const { waiting } = readBooks(hub, output);
    return missed.every((uuid) => !waiting.has(uuid));
  };
  await eventually(`${output} is done`, isDone, timeoutMs).catch(() => undefined);
}
