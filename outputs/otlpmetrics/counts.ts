import type { Alert } from '../../src/alert.ts';
import type { Connection } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { postOtlp } from '../../src/output/otlp/post.ts';
import { stateful } from '../../src/output/stateful.ts';
import { metricsOf, OVERFLOW, type Series, seriesAttributes } from './payload.ts';
import type { OtlpMetricsSettings } from './settings.ts';

const NS_PER_MS = 1_000_000n;

/**
 * Holds no connection, but the counts. They are cumulative, and an alert is in them for good only
 * when they were taken: what is sent again after an answer was lost says the same number again.
 */
export function openCounts(settings: OtlpMetricsSettings, http: HttpClient): Connection {
  const startNs = BigInt(Date.now()) * NS_PER_MS;
  const counts = new Map<string, Series>();
  /** What was said in requests whose answer was lost, and may have been heard. */
  const told = new Map<string, number>();
  const inTurn = oneAtATime();

  /** The series that these alerts belong to, with the alerts in them. */
  function counted(alerts: readonly Alert[]): Map<string, Series> {
    const changed = new Map<string, Series>();
    let room = settings.seriesMax - counts.size;
    for (const alert of alerts) {
      const own = seriesAttributes(settings, alert);
      const ownKey = JSON.stringify(own);
      const isKnown = changed.has(ownKey) || counts.has(ownKey);
      const hasRoom = isKnown || room > 0;
      if (hasRoom && !isKnown) room -= 1;
      const [key, attributes] = hasRoom ? [ownKey, own] : ['', OVERFLOW];
      const { count = 0 } = changed.get(key) ?? counts.get(key) ?? {};
      changed.set(key, { attributes, count: count + 1 });
    }
    return changed;
  }

  function remember(changed: ReadonlyMap<string, Series>): void {
    if (told.size > settings.seriesMax) told.clear();
    for (const [key, { count }] of changed) told.set(key, Math.max(count, told.get(key) ?? 0));
  }

  return stateful((deliveries, signal) =>
    inTurn(signal, async () => {
      const changed = counted(deliveries.map(({ alert }) => alert));
      const nowNs = BigInt(Date.now()) * NS_PER_MS;
      const series = [...changed].map(([key, { attributes, count }]) => ({
        attributes,
        // A smaller number than was heard already would count as a new start.
        count: Math.max(count, told.get(key) ?? 0),
      }));
      const document = metricsOf(settings, series, startNs, nowNs);
      remember(changed);
      const result = await postOtlp({ settings, http, signal }, 'metrics', document);
      if (result.outcome === 'delivered') {
        for (const [key, one] of changed) counts.set(key, one);
      }
      return result;
    }),
  );
}
