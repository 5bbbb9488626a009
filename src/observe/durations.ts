import type { Metric, Registry } from 'prom-client';

export interface DurationsOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds of the buckets in seconds, rising; what is longer counts as `+Inf`. */
  readonly buckets: readonly number[];
}

/** Measures what happened under one combination of label values. */
export interface Measure {
  /** @param ms Milliseconds; less than none counts as none. */
  add(ms: number): void;
}

/**
 * A histogram of seconds for what is measured with every alert. prom-client's own checks, sorts and
 * joins the labels of each observation, which costs more than everything else that is done with it.
 */
export class Durations {
  readonly #options: DurationsOptions;
  readonly #all = new Map<string, Series>();

  constructor(registry: Registry, options: DurationsOptions) {
    this.#options = options;
    const { name, help } = options;
    const metric = { name, help, type: 'histogram', get: () => this.#read() };
    // The registry asks for no more, though its types name prom-client's own classes.
    registry.registerMetric(metric as unknown as Metric);
  }

  /** One value for each label name, in order. The caller bounds how many there are. */
  series(values: readonly string[]): Measure {
    const key = JSON.stringify(values);
    let series = this.#all.get(key);
    if (series === undefined) {
      const { labelNames, buckets } = this.#options;
      const labels = Object.fromEntries(labelNames.map((name, i) => [name, values[i] as string]));
      series = new Series(labels, buckets);
      this.#all.set(key, series);
    }
    return series;
  }

  /** As prom-client's classes answer. */
  #read() {
    const { name, help, buckets } = this.#options;
    const values = [...this.#all.values()].flatMap((series) => series.read(name, buckets));
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' });
  }
}

class Series implements Measure {
  readonly #labels: Readonly<Record<string, string>>;
  readonly #buckets: readonly number[];
  /** One more than there are buckets: the last counts what is longer than all of them. */
  readonly #counts: number[];
  #sumMs = 0;

  constructor(labels: Readonly<Record<string, string>>, buckets: readonly number[]) {
    this.#labels = labels;
    this.#buckets = buckets;
    this.#counts = Array.from({ length: buckets.length + 1 }, () => 0);
  }

  add(ms: number): void {
    const seconds = Math.max(0, ms) / 1000;
    let at = 0;
    while (at < this.#buckets.length && seconds > (this.#buckets[at] as number)) at += 1;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sumMs += Math.max(0, ms);
  }

  read(name: string, buckets: readonly number[]) {
    const labels = this.#labels;
    let count = 0;
    const lines = [...buckets, '+Inf' as const].map((le, at) => {
      count += this.#counts[at] as number;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [
      ...lines,
      { metricName: `${name}_sum`, labels, value: this.#sumMs / 1000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
