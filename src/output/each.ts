import type { Delivery, SendResult, SingleResult } from './define.ts';
import { resultOfError } from './http-result.ts';

/**
 * Sends one by one, for destinations that take one alert a request. What comes after a failure is
 * not tried: it waits with it, in its order.
 */
export async function sendEach(
  deliveries: readonly Delivery[],
  send: (delivery: Delivery) => Promise<SingleResult>,
): Promise<SendResult> {
  const results: SingleResult[] = [];
  for (const delivery of deliveries) {
    const last = results.at(-1);
    results.push(last?.outcome === 'retry' ? last : await send(delivery).catch(resultOfError));
  }
  return results.length === 1 ? (results[0] as SingleResult) : { outcome: 'partial', results };
}
