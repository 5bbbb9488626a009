import type { Document } from '../documents.ts';

/**
 * What was read and is not sent yet. Bounded: whoever adds to it waits for room, and with it the
 * program that writes the lines, once the pipe between is full, too.
 */
export class Backlog {
  readonly #bytesMax: number;
  #documents: Document[] = [];
  #bytes = 0;
  #isEnded = false;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#documents.length;
  }

  /** Resolves when there is room for more. */
  async add(documents: readonly Document[]): Promise<void> {
    for (const document of documents) {
      this.#documents.push(document);
      this.#bytes += document.json.length;
    }
    this.#wakeReader();
    while (this.#bytes > this.#bytesMax && !this.#isEnded) {
      await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
    }
  }

  /** No more comes. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
    this.#wakeWriter();
  }

  /** What is there, at least one and at most so many; empty when all is taken and no more comes. */
  async take(countMax: number, bytesMax: number): Promise<readonly Document[]> {
    while (this.#documents.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    let count = 0;
    let bytes = 0;
    for (const { json } of this.#documents.slice(0, countMax)) {
      if (count > 0 && bytes + json.length > bytesMax) break;
      count += 1;
      bytes += json.length;
    }
    const taken = this.#documents.slice(0, count);
    this.#documents = this.#documents.slice(count);
    this.#bytes -= bytes;
    this.#wakeWriter();
    return taken;
  }
}
