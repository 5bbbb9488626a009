import type { Client } from '@elastic/elasticsearch';
import type { Connection, Delivery, SendResult, SingleResult } from '../define.ts';
import type { HttpClient } from '../http.ts';
import { sendBulk } from './bulk.ts';
import type { Failure } from './call.ts';
import { createClient } from './client.ts';
import { bulkLines, remediedLines } from './payload.ts';
import type { ItemAnswer } from './result.ts';
import { isRefusal, resultOfItem } from './result.ts';
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
  const refused = sent.items.flatMap((item, at) => (isRefusal(item) ? [at] : []));
  if (refused.length === 0) return { outcome: 'partial', results };

  const remedied = refused.map((at) =>
    remediedLines(deliveries[at] as Delivery, settings, sent.items[at]?.reason ?? ''),
  );
  const again = await sendBulk(client, remedied, options);
  for (const [n, at] of refused.entries()) {
    results[at] =
      'failure' in again ? postponed(again.failure) : resultOfItem(again.items[n] as ItemAnswer);
  }
  return { outcome: 'partial', results };
}

/** A request of part of the documents is refused as a whole: no alert of it is to blame for that. */
function postponed(failure: Failure): SingleResult {
  const { reason, detail } = failure;
  return failure.outcome === 'reject' ? { outcome: 'retry', reason, detail } : failure;
}
