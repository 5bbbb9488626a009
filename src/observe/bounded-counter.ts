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
  readonly key: string;
  readonly labels: readonly string[];
  /** Counted since the registry was last read. */
  fresh = 0;
  /** When the registry was last read after somebody asked for it. */
  usedMs: number;
  isUsed = true;

  constructor(key: string, labels: readonly string[], nowMs: number) {
    this.key = key;
    this.labels = labels;
    this.usedMs = nowMs;
  }

  add(count: number): void {
    this.fresh += count;
  }
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
  readonly #series = new Map<string, Series>();
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
    const labels = values.some(isTooLong) ? values.map(cut) : values;
    const key = labels.join(SEPARATOR);
    const series = this.#series.get(key) ?? this.#newSeries(key, labels);
    if (series === undefined || !areAsLong(series.labels, labels)) return this.#otherSeries();
    series.isUsed = true;
    return series;
  }

  /** Undefined: there is no room for it. */
  #newSeries(key: string, labels: readonly string[]): Series | undefined {
    if (this.#series.size >= this.#options.seriesMax) return undefined;
    const series = new Series(key, labels.map(ownText), this.#nowMs());
    this.#series.set(key, series);
    return series;
  }

  #otherSeries(): Series {
    const labels = this.#options.labelNames.map(() => OTHER);
    return (this.#others ??= new Series('', labels, this.#nowMs()));
  }

  #tell(counter: Counter): void {
    this.#forgetOld(counter);
    for (const series of [...this.#series.values(), this.#otherSeries()]) {
      if (series.fresh === 0) continue;
      counter.labels(...series.labels).inc(series.fresh);
      series.fresh = 0;
    }
  }

  #forgetOld(counter: Counter): void {
    const nowMs = this.#nowMs();
    const { maxAgeMs = Number.POSITIVE_INFINITY } = this.#options;
    for (const series of this.#series.values()) {
      if (series.isUsed) series.usedMs = nowMs;
      else if (nowMs - series.usedMs > maxAgeMs) {
        this.#series.delete(series.key);
        counter.remove(...series.labels);
      }
      series.isUsed = false;
    }
  }
}

/** Far more than a configuration has outputs, or an input has answers. */
const HOT_SERIES_MAX = 10_000;

/** For what is counted with every request or delivery, under labels that no alert can write. */
export function hotCounter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
): BoundedCounter {
  return new BoundedCounter(registry, { name, help, labelNames, seriesMax: HOT_SERIES_MAX });
}

/** Two combinations that read the same joined hold this character: the later one counts as others. */
const SEPARATOR = '\u0000';

function isTooLong(value: string): boolean {
  return value.length > LABEL_LENGTH_MAX;
}

function cut(value: string): string {
  return value.slice(0, LABEL_LENGTH_MAX);
}

/** Of combinations that read the same joined: whether they are the same. */
function areAsLong(some: readonly string[], others: readonly string[]): boolean {
  for (let i = 0; i < some.length; i += 1) if (some[i]!.length !== others[i]!.length) return false;
  return true;
}

/** A copy: a slice would keep the whole text in memory that it was cut from. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}
