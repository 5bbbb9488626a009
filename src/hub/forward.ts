import type { Send } from '../deliver/attempt.ts';
import type { Delivery, SingleResult } from '../output/define.ts';
import { createHttpClient, type HttpClientOptions } from '../output/http.ts';

/** Forwarded alerts that are remembered, so that an alert for five outputs goes over once. */
const REMEMBERED_MAX = 100_000;

/**
 * Sends what waits to another hub instead of to its outputs: one alert a request, which a
 * Falcosidekick takes, too. The other hub routes it by its own configuration.
 */
export function createForwarder(
  to: string,
  options: HttpClientOptions,
): { send: Send; forwarded: () => number; close: () => Promise<void> } {
  const http = createHttpClient(options);
  const gone = new Map<string, Promise<SingleResult>>();
  let forwarded = 0;

  async function forward({ key, json }: Delivery, signal: AbortSignal): Promise<SingleResult> {
    const known = await gone.get(key);
    if (known?.outcome === 'delivered') return known;
    if (gone.size >= REMEMBERED_MAX) gone.clear();
    const going = http.postJson(to, json, { signal });
    gone.set(key, going);
    const result = await going;
    if (result.outcome === 'delivered') forwarded += 1;
    return result;
  }

  return {
    forwarded: () => forwarded,
    close: () => http.close(),
    send: async (deliveries, signal) => ({
      outcome: 'partial',
      results: await Promise.all(deliveries.map((delivery) => forward(delivery, signal))),
    }),
  };
}
