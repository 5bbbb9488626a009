import type { Send } from '../deliver/attempt.ts';
import type { Delivery, SingleResult } from '../output/define.ts';
import { createHttpClient, type HttpAnswer, type HttpClientOptions } from '../output/http.ts';
import { wayHeaders } from '../output/loop.ts';

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

  async function forward(delivery: Delivery, signal: AbortSignal): Promise<SingleResult> {
    const { key, json } = delivery;
    const known = await gone.get(key);
    if (known?.outcome === 'delivered') return known;
    if (gone.size >= REMEMBERED_MAX) gone.clear();
    const going = http.postJson(to, json, {
      signal,
      headers: wayHeaders(delivery),
      accept: verdictOfHub,
    });
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

/**
 * Nothing, or at `/api/v1/alerts` what became of the alert. A page of a proxy answers 200, too, and
 * what it is given is gone.
 */
function verdictOfHub({ text }: HttpAnswer): SingleResult {
  return text.trim() === '' || isTaken(text) ? { outcome: 'delivered' } : NO_HUB;
}

const NO_HUB: SingleResult = {
  outcome: 'retry',
  reason: 'client',
  detail: 'what answers is no hub: give the URL of one, as http://host:2801',
};

function isTaken(text: string): boolean {
  try {
    const { accepted, duplicate } = JSON.parse(text) as Record<string, unknown>;
    return accepted === 1 || duplicate === 1;
  } catch {
    return false;
  }
}
