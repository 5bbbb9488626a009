import type { StoredAlert } from '../queue/queue.ts';
import type { Flights } from './flights.ts';
import type { LaneContext } from './lane-context.ts';
import { RETRY_ROWS_MAX } from './limits.ts';
import type { Outcomes } from './outcomes.ts';
import type { Retries, RetryRow } from './retries.ts';
import type { Settler } from './settler.ts';
import type { Troubles } from './troubles.ts';

interface Parts {
  readonly lane: number;
  readonly context: LaneContext;
  readonly troubles: Troubles;
  readonly retries: Retries;
  readonly flights: Flights;
  readonly outcomes: Outcomes;
  readonly settler: Settler;
  readonly isRunning: () => boolean;
  /** A slot is free again, or there are rows to send. */
  readonly onDone: () => void;
}

/** Reads a lane's retry rows and sends their alerts, one at a time. */
export class RetryFlights {
  readonly #parts: Parts;
  #isWanted = false;
  #loading: Promise<void> | undefined;
  /** Told to the file while it was read. */
  readonly #written: number[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Reads the rows there are, as far as there is room for them. One read at a time: it may bring what
   * has ended meanwhile, and then who reads next must not.
   */
  load(): Promise<void> {
    this.#isWanted = true;
    this.#loading ??= this.#loadAll();
    return this.#loading;
  }

  /** The file knows what became of these rows. */
  written(ids: readonly number[]): void {
    if (this.#loading === undefined) this.#parts.retries.forget(ids);
    else this.#written.push(...ids);
  }

  async #loadAll(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#loadOnce();
      this.#parts.retries.forget(this.#written.splice(0));
    }
    this.#loading = undefined;
  }

  async #loadOnce(): Promise<void> {
    const { lane, context, troubles, retries, onDone } = this.#parts;
    const reading = context.queue.exceptions(lane, 'retry', RETRY_ROWS_MAX);
    const rows = await troubles.reading('retry rows', reading);
    if (rows === undefined) retries.unread();
    else retries.load(rows.value);
    onDone();
  }

  /** Sends the row that is due longest. False: none is. */
  launch(): boolean {
    const { settler, retries } = this.#parts;
    const row = settler.isStuck ? undefined : retries.due();
    if (row === undefined) return false;
    row.flying = true;
    void this.#fly(row);
    return true;
  }

  async #fly(row: RetryRow): Promise<void> {
    const { flights, outcomes, settler, onDone } = this.#parts;
    const loading = this.#alertOf(row);
    const flying = flights.fly(loading, false);
    const [stored] = await loading;
    // Last: a lane that stops writes what is left as soon as the last attempt has landed.
    const landed = await flying;
    if (stored !== undefined && landed !== undefined) {
      outcomes.retryLanded(row, stored, landed);
      settler.request();
    }
    onDone();
  }

  /** None where it was dropped, or could not be read, or the lane is to stop. */
  async #alertOf(row: RetryRow): Promise<readonly StoredAlert[]> {
    const { context, troubles, retries, isRunning } = this.#parts;
    const reading = context.queue.exceptionAlert(row.id);
    const read = await troubles.reading(`retry row ${row.id}`, reading);
    if (read !== undefined && read.value === undefined) retries.remove(row.id);
    if (read?.value !== undefined && isRunning()) return [read.value];
    retries.postpone(row);
    return [];
  }
}
