import type { Client } from '@elastic/elasticsearch';
import type { Connection, Delivery, SendResult, SingleResult } from '../define.ts';
import type { Failure } from '../http-error.ts';
import type { HttpClient } from '../http.ts';
import { sendBulk } from './bulk.ts';
import { createClient } from './client.ts';
import { bulkLines, remediedLines } from './payload.ts';
import { isRefusal, type ItemAnswer, resultOfItem } from './result.ts';
import type { SearchSettings } from './settings.ts';
import { ensureTemplate } from './template.ts';

/** A cluster. Where an index template is asked for, no alert is sent before there is one. */
export function openConnection(settings: SearchSettings, http: HttpClient): Connection {
  const client = createClient(settings, http);
  let hasTemplate = settings.indexTemplate === undefined;
  return {
    async send(deliveries, { signal }) {
      if (!hasTemplate) {
        const failure = await ensureTemplate(client, settings, signal);
        if (failure !== undefined) return failure;
        hasTemplate = true;
      }
      return deliver(client, settings, deliveries, signal);
    },
    close: () => client.close(),
  };
}

async function deliver(
  client: Client,
  settings: SearchSettings,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<SendResult> {
  const options = { pipeline: settings.pipeline, signal };
  const lines = deliveries.map((delivery) => bulkLines(delivery, settings));
  const sent = await sendBulk(client, lines, options);
  if ('failure' in sent) return sent.failure;
  const results = sent.items.map(resultOfItem);
  const refused = sent.items.flatMap((item, at) =>
    isRefusal(item) ? [{ at, reasons: [item.reason] }] : [],
  );
  const send = (some: readonly Refused[], isLast: boolean) =>
    sendBulk(
      client,
      some.map(({ at, reasons }) =>
        remediedLines(deliveries[at] as Delivery, settings, isLast ? [] : reasons),
      ),
      options,
    );
  await remedy(refused, results, send);
  return { outcome: 'partial', results };
}

/** A document that the mapping refused, and why, each time. */
interface Refused {
  readonly at: number;
  readonly reasons: string[];
}

/** A refusal names one field. With so many that do not fit, the alert goes without any. */
const REMEDIES_MAX = 4;

/** Sends what was refused again, with fewer fields each time, and puts down what became of it. */
async function remedy(
  refused: readonly Refused[],
  results: SingleResult[],
  send: (some: readonly Refused[], isLast: boolean) => ReturnType<typeof sendBulk>,
): Promise<void> {
  let left = refused;
  for (let round = 1; round <= REMEDIES_MAX && left.length > 0; round += 1) {
    const again = await send(left, round === REMEDIES_MAX);
    const still: Refused[] = [];
    for (const [n, one] of left.entries()) {
      if ('failure' in again) {
        results[one.at] = postponed(again.failure);
        continue;
      }
      const item = again.items[n] as ItemAnswer;
      results[one.at] = resultOfItem(item);
      if (isRefusal(item)) still.push({ ...one, reasons: [...one.reasons, item.reason] });
    }
    left = still;
  }
}

/** A request of part of the documents is refused as a whole: no alert of it is to blame for that. */
function postponed(failure: Failure): SingleResult {
  const { reason, detail } = failure;
  return failure.outcome === 'reject' ? { outcome: 'retry', reason, detail } : failure;
}
