import { Counter, type Registry } from 'prom-client';

/** What a label says once there is no room for another value. */
const OTHER = 'other';
const LABEL_LENGTH_MAX = 128;

interface Series {
  readonly labels: readonly string[];
  /** Counted since the registry was last read. */
  fresh: number;
}

/**
 * A counter whose labels come out of alerts, and so from attackers: after `seriesMax` series all
 * others count as one, whose labels say `other`. It counts for itself and tells the registry when
 * that is read: prom-client spells out all labels again for every count.
 */
export class BoundedCounter {
  readonly #labelNames: readonly string[];
  readonly #seriesMax: number;
  readonly #series = new Map<string, Series>();

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
  inc(values: readonly string[]): void {
    const key = values.join('\u0000');
    const series = this.#series.get(key) ?? this.#newSeries(key, values);
    series.fresh += 1;
  }

  #newSeries(key: string, values: readonly string[]): Series {
    if (this.#series.size >= this.#seriesMax) return this.#others();
    const labels = values.map((value) => value.slice(0, LABEL_LENGTH_MAX));
    const series = { labels, fresh: 0 };
    this.#series.set(key, series);
    return series;
  }

  #others(): Series {
    const known = this.#series.get(OTHER);
    if (known !== undefined) return known;
    const others = { labels: this.#labelNames.map(() => OTHER), fresh: 0 };
    this.#series.set(OTHER, others);
    return others;
  }

  #tell(counter: Counter): void {
    for (const series of this.#series.values()) {
      if (series.fresh === 0) continue;
      counter.labels(...series.labels).inc(series.fresh);
      series.fresh = 0;
    }
  }
}
