/** Records of one event that wait for the rest of it. */
export interface WaitingEvent {
  /** What it takes in memory, about; counted by its room. */
  bytes: number;
  /** It had to give way: it waits for no more, and goes on as it is when its source is read next. */
  isOver: boolean;
}

const BYTES_MAX = 16 * 1024 * 1024;

/**
 * Room in memory for the events of all sources that are not whole, files and connections. Where it is
 * full, the oldest goes on as it is: the records of an event come within milliseconds, so one that has
 * waited longest is the least likely to be continued, and the likeliest to be meant to wait.
 */
export class AuditRoom {
  readonly #bytesMax: number;
  /** The oldest first, whatever source they are of. */
  readonly #waiting = new Set<WaitingEvent>();
  #waitingBytes = 0;
  /** Of events that gave way, and that their sources have not fetched yet. */
  #overBytes = 0;

  /** `bytesMax`: of all events that wait; those that gave way may take as much again. */
  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** What all events take. */
  takenBytes(): number {
    return this.#waitingBytes + this.#overBytes;
  }

  isFull(): boolean {
    return this.#waitingBytes > this.#bytesMax;
  }

  grow(event: WaitingEvent, bytes: number): void {
    this.#waiting.add(event);
    event.bytes += bytes;
    this.#waitingBytes += bytes;
  }

  free(event: WaitingEvent): void {
    if (this.#waiting.delete(event)) this.#waitingBytes -= event.bytes;
    else this.#overBytes -= event.bytes;
  }

  /**
   * Lets the oldest give way. The room stays full where too many of those are not fetched, because
   * their sources wait for the queue: who adds then has to take of its own.
   */
  makeRoom(): void {
    for (const event of this.#waiting) {
      if (!this.isFull() || this.#overBytes > this.#bytesMax) return;
      event.isOver = true;
      this.#waiting.delete(event);
      this.#waitingBytes -= event.bytes;
      this.#overBytes += event.bytes;
    }
  }
}
