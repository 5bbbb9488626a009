import { resolve } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import type { Engine } from '../deliver/engine.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { createNullQueue } from './null-queue.ts';
import type { Queue } from '../queue/queue.ts';
import type { CursorMove } from '../queue/sqlite/state.ts';
import { ForeignFileError } from '../queue/sqlite/schema.ts';
import { LockedError } from '../queue/sqlite/lock.ts';
import { openSqliteQueue, type SqliteQueue } from '../queue/sqlite/open.ts';
import { defaultBytesMax, type Durability, durabilityOf } from './durability.ts';
import type { OwnAlerts } from './own-alerts.ts';

/** The queue with what the hub knows about its place. */
export interface Keep {
  readonly queue: Queue;
  /** Absent where the directory cannot be used: nothing is kept then. */
  readonly sqlite?: SqliteQueue;
  readonly directory: string;
  readonly durability: Durability;
  readonly bytesMax: number;
  /** Why nothing can be written, at the moment or at all. */
  fault: string | undefined;
}

export interface KeepParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly own: () => OwnAlerts;
  readonly engine: () => Engine | undefined;
  readonly onFatal: (error: Error) => void;
}

/** Memory for the newest alerts: at most a small part of what the process may have. */
const TAIL_BYTES_MAX = 8 * 1024 * 1024;
const TAIL_SHARE = 1 / 64;

/**
 * Opens the queue as configured. A directory that cannot be used does not keep the hub from
 * starting: it sends alerts on without a promise, which is never worse than not running. Another
 * hub's lock, or a file that is not ours, does.
 */
export async function openKeep(
  settings: LoadedConfig['config']['queue'],
  parts: KeepParts,
): Promise<Keep> {
  const directory = resolve(settings.directory);
  const durability = durabilityOf(directory);
  const bytesMax = settings.bytesMax ?? defaultBytesMax(durability);
  const place = { directory, durability, bytesMax };
  try {
    const keep: { current?: Keep } = {};
    const sqlite = await openSqliteQueue({
      directory,
      bytesMax,
      historyMax: settings.historyMax ?? bytesMax / 2,
      whenFull: settings.whenFull,
      orphanMaxMs: settings.orphanMax,
      tailBytesMax: Math.min(TAIL_BYTES_MAX, memoryBytes() * TAIL_SHARE),
      ...queueHooks(parts, keep),
    });
    for (const note of sqlite.notes) parts.log.warn({ directory }, note);
    keep.current = { queue: sqlite, sqlite, ...place, fault: undefined };
    return keep.current;
  } catch (error) {
    if (error instanceof LockedError || error instanceof ForeignFileError) throw error;
    if (isStartRefusal(error)) throw error;
    const fault = (error as Error).message;
    parts.log.error({ directory, error: fault }, 'The queue cannot be opened; nothing is kept.');
    return { queue: createNullQueue(fault), ...place, durability: 'memory', fault };
  }
}

/** Errors of the writing thread come as their text and name. */
function isStartRefusal(error: unknown): boolean {
  const kind = (error as { kind?: string }).kind ?? (error as Error).name;
  return kind === 'LockedError' || kind === 'ForeignFileError';
}

function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? constrained : Number.MAX_SAFE_INTEGER;
}

function queueHooks({ log, metrics, own, engine, onFatal }: KeepParts, keep: { current?: Keep }) {
  return {
    onStored: (lanes: ReadonlySet<number>) => engine()?.wake(lanes),
    onMoves: (moves: readonly CursorMove[]) => {
      tellUnheard(engine()?.givenUp(moves) ?? moves);
      tellMoves(moves);
    },
    onDisk: (fault: string | undefined, message: string) => {
      if (keep.current !== undefined) keep.current.fault = fault;
      if (fault === undefined) {
        log.info({}, 'The queue can be written again.');
        return;
      }
      log.error({ fault, error: message }, 'The queue cannot be written; alerts are not promised.');
      own().raise({
        rule: 'Tocsin: queue not durable',
        priority: 'critical',
        text: `The queue cannot be written (${fault}). Alerts are sent on from memory and answered 503.`,
      });
    },
    onDeadDropped: (count: number) => {
      metrics.deadDropped.inc(count);
      log.warn({ deadLetters: count }, 'Dead letters had to go: they took more than their share.');
    },
    onFatal,
  };

  /** Of removed outputs: a running lane counts what it lost by itself. */
  function tellUnheard(moves: readonly CursorMove[]): void {
    for (const { output, reason, count } of moves) {
      metrics.suppressed.inc({ output: output.name, type: output.type, reason }, count);
    }
  }

  function tellMoves(moves: readonly CursorMove[]): void {
    const removed = countOf(moves, 'removed');
    if (removed > 0) log.warn({ alerts: removed }, REMOVED);
    const shed = countOf(moves, 'shed');
    if (shed === 0) return;
    log.warn({ alerts: shed }, 'The queue is full: alerts were given up, and recorded as gaps.');
    own().raise({
      rule: 'Tocsin: shedding began',
      priority: 'critical',
      text: 'The queue is full. The oldest alerts of the lowest priority are given up for outputs that still waited for them; see: tocsin queue status',
    });
  }
}

const REMOVED = 'Alerts that waited for a removed output were given up, and recorded as gaps.';

function countOf(moves: readonly CursorMove[], wanted: CursorMove['reason']): number {
  return moves.reduce((sum, { reason, count }) => (reason === wanted ? sum + count : sum), 0);
}
