import { Counter, type Registry } from 'prom-client';

/** What a label says once there is no room for another value. */
const OTHER = 'other';
const LABEL_LENGTH_MAX = 128;

/**
 * A counter whose labels come out of alerts, and so from attackers: after `seriesMax` series all
 * others count as one, whose labels say `other`.
 */
export class BoundedCounter {
  readonly #counter: Counter;
  readonly #labelNames: readonly string[];
  readonly #seriesMax: number;
  readonly #children = new Map<string, { inc(): void }>();

  constructor(
    registry: Registry,
    name: string,
    help: string,
    labelNames: readonly string[],
    seriesMax: number,
  ) {
    this.#labelNames = labelNames;
    this.#seriesMax = seriesMax;
    this.#counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  }

  /** One value for each label name, in order. */
  inc(values: readonly string[]): void {
    const key = values.join('\u0000');
    const child = this.#children.get(key) ?? this.#newChild(key, values);
    child.inc();
  }

  #newChild(key: string, values: readonly string[]): { inc(): void } {
    if (this.#children.size >= this.#seriesMax) {
      return this.#counter.labels(...this.#labelNames.map(() => OTHER));
    }
    const child = this.#counter.labels(...values.map((value) => value.slice(0, LABEL_LENGTH_MAX)));
    this.#children.set(key, child);
    return child;
  }
}
