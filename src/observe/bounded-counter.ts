import { Counter, type Registry } from 'prom-client';

/** What a label says once there is no room for another value. */
const OTHER = 'other';
const LABEL_LENGTH_MAX = 128;

/** One combination of label values. */
export class Series {
  readonly labels: readonly string[];
  /** Counted since the registry was last read. */
  fresh = 0;

  constructor(labels: readonly string[]) {
    this.labels = labels;
  }

  add(count: number): void {
    this.fresh += count;
  }
}

/** The values one label has beside the same values of those before it. */
class Branch {
  readonly next = new Map<string, Branch>();
  series: Series | undefined;
}

/**
 * A counter whose labels come out of alerts, and so from attackers: after `seriesMax` series all
 * others count as one, whose labels say `other`. It counts for itself and tells the registry when
 * that is read, because prom-client spells out and sorts all labels again for every count.
 */
export class BoundedCounter {
  readonly #labelNames: readonly string[];
  readonly #seriesMax: number;
  readonly #root = new Branch();
  readonly #all: Series[] = [];
  #others: Series | undefined;

  constructor(
    registry: Registry,
    name: string,
    help: string,
    labelNames: readonly string[],
    seriesMax: number,
  ) {
    this.#labelNames = labelNames;
    this.#seriesMax = seriesMax;
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect: () => this.#tell(counter),
    });
  }

  /** One value for each label name, in order. */
  inc(values: readonly string[], count = 1): void {
    this.series(values).add(count);
  }

  /** What is to be counted for these values; it is shown when something was. */
  series(values: readonly string[]): Series {
    let branch = this.#root;
    for (const value of values) {
      const label = value.length > LABEL_LENGTH_MAX ? value.slice(0, LABEL_LENGTH_MAX) : value;
      const next = branch.next.get(label) ?? this.#grow(branch, label);
      if (next === undefined) return this.#otherSeries();
      branch = next;
    }
    return (branch.series ??= this.#newSeries(values));
  }

  #grow(branch: Branch, label: string): Branch | undefined {
    if (this.#all.length >= this.#seriesMax) return undefined;
    const grown = new Branch();
    branch.next.set(label, grown);
    return grown;
  }

  #newSeries(values: readonly string[]): Series {
    const series = new Series(values.map((value) => value.slice(0, LABEL_LENGTH_MAX)));
    this.#all.push(series);
    return series;
  }

  #otherSeries(): Series {
    this.#others ??= new Series(this.#labelNames.map(() => OTHER));
    return this.#others;
  }

  #tell(counter: Counter): void {
    for (const series of [...this.#all, this.#others]) {
      if (series === undefined || series.fresh === 0) continue;
      counter.labels(...series.labels).inc(series.fresh);
      series.fresh = 0;
    }
  }
}
