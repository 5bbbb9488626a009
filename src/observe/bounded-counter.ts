import { Counter, type Registry } from 'prom-client';

/** What a label says once there is no room for another value. */
const OTHER = 'other';
export const LABEL_LENGTH_MAX = 128;

/** Something that counts. */
export interface Count {
  add(count: number): void;
}

/** One combination of label values. */
class Series implements Count {
  readonly labels: readonly string[];
  /** Counted since the registry was last read. */
  fresh = 0;
  /** When the registry was last read after somebody asked for it. */
  usedMs: number;
  isUsed = true;

  constructor(labels: readonly string[], nowMs: number) {
    this.labels = labels;
    this.usedMs = nowMs;
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

export interface BoundedCounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly seriesMax: number;
  /** Series of which nothing was heard for so long go; absent: they stay. */
  readonly maxAgeMs?: number;
  /** The clock, milliseconds since 1970. */
  readonly nowMs?: () => number;
}

/**
 * A counter whose labels come out of alerts, and so from attackers: after `seriesMax` series all
 * others count as one, whose labels say `other`, until old ones have gone. It counts for itself and
 * tells the registry when that is read, because prom-client spells out and sorts all labels again
 * for every count.
 */
export class BoundedCounter {
  readonly #options: BoundedCounterOptions;
  readonly #nowMs: () => number;
  #root = new Branch();
  #all: Series[] = [];
  #others: Series | undefined;

  constructor(registry: Registry, options: BoundedCounterOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    const { name, help, labelNames } = options;
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
  series(values: readonly string[]): Count {
    const branch = this.#branch(values);
    if (branch === undefined) return this.#otherSeries();
    const series = (branch.series ??= this.#newSeries(values));
    series.isUsed = true;
    return series;
  }

  /** Undefined: there is none, and no room for it. */
  #branch(values: readonly string[]): Branch | undefined {
    let branch: Branch | undefined = this.#root;
    for (const value of values) {
      const label = value.length > LABEL_LENGTH_MAX ? value.slice(0, LABEL_LENGTH_MAX) : value;
      branch = branch.next.get(label) ?? this.#grow(branch, label);
      if (branch === undefined) return undefined;
    }
    return branch;
  }

  #grow(branch: Branch, label: string): Branch | undefined {
    if (this.#all.length >= this.#options.seriesMax) return undefined;
    const grown = new Branch();
    branch.next.set(ownText(label), grown);
    return grown;
  }

  #newSeries(values: readonly string[]): Series {
    const labels = values.map((value) => ownText(value.slice(0, LABEL_LENGTH_MAX)));
    const series = new Series(labels, this.#nowMs());
    this.#all.push(series);
    return series;
  }

  #otherSeries(): Series {
    const labels = this.#options.labelNames.map(() => OTHER);
    return (this.#others ??= new Series(labels, this.#nowMs()));
  }

  #tell(counter: Counter): void {
    this.#forgetOld(counter);
    for (const series of [...this.#all, this.#others]) {
      if (series === undefined || series.fresh === 0) continue;
      counter.labels(...series.labels).inc(series.fresh);
      series.fresh = 0;
    }
  }

  #forgetOld(counter: Counter): void {
    const nowMs = this.#nowMs();
    const { maxAgeMs = Number.POSITIVE_INFINITY } = this.#options;
    const old = new Set<Series>();
    for (const series of this.#all) {
      if (series.isUsed) series.usedMs = nowMs;
      else if (nowMs - series.usedMs > maxAgeMs) old.add(series);
      series.isUsed = false;
    }
    if (old.size === 0) return;
    for (const { labels } of old) counter.remove(...labels);
    const kept = this.#all.filter((series) => !old.has(series));
    this.#root = new Branch();
    this.#all = [];
    for (const series of kept) this.#place(series);
  }

  #place(series: Series): void {
    const branch = this.#branch(series.labels);
    if (branch === undefined) return;
    branch.series = series;
    this.#all.push(series);
  }
}

/** A copy: a slice would keep the whole text in memory that it was cut from. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}
