import type { Alert } from '../alert.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { AdmissionRules } from './admission-rules.ts';

/** Where alerts go by the rules in force. */
export class Lanes {
  readonly #rules: Pick<AdmissionRules, 'router' | 'lanes'>;
  readonly #metrics: Pick<Metrics, 'unrouted' | 'routeFailed'>;
  readonly #known = new Map<string, readonly number[]>();

  constructor(
    rules: Pick<AdmissionRules, 'router' | 'lanes'>,
    metrics: Pick<Metrics, 'unrouted' | 'routeFailed'>,
  ) {
    this.#rules = rules;
    this.#metrics = metrics;
  }

  /** Every output's. */
  all(): readonly number[] {
    return [...this.#rules.lanes.values()];
  }

  /** Those that the routes choose for an alert. */
  of(alert: Alert): readonly number[] {
    const { outputs, unrouted, failed } = this.#rules.router.route(alert);
    if (unrouted) this.#metrics.unrouted.inc();
    if (failed.length > 0) this.#metrics.routeFailed.inc(failed.length);
    return this.#idsOf(outputs);
  }

  /** The same outputs give the same array, which is cheaper for all who come after. */
  #idsOf(outputs: readonly string[]): readonly number[] {
    const key = outputs.join('\n');
    let ids = this.#known.get(key);
    if (ids === undefined) {
      ids = outputs.map((name) => this.#rules.lanes.get(name)).filter((id) => id !== undefined);
      this.#known.set(key, ids);
    }
    return ids;
  }
}
