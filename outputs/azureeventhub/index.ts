import { resultOfOwn } from '../../src/output/answer.ts';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { createEntraTokens } from '../../src/output/entra.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { eventsBody, sharedAccessSignature } from './payload.ts';
import { type EventHubSettings, hubUrl, mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'azureeventhub',
  title: 'Azure Event Hubs',
  category: 'queue',
  summary: 'Sends alerts to an event hub of Azure, many in one request.',
  schema,
  example: { namespace: 'my-namespace', hub: 'falco-alerts' },
  // A request may have 1 MB, and text within JSON is longer than the alert.
  batch: { alertsMax: 200, bytesMax: 400 * 1024, waitMs: 100 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openHub(settings, http)),
});

const RESOURCE = 'https://eventhubs.azure.net';
const SIGNATURE_S = 600;

function openHub(settings: EventHubSettings, http: HttpClient): Connection {
  const { keyName, key } = settings;
  const tokens = createEntraTokens(settings, RESOURCE, http);
  const url = hubUrl(settings);

  async function authorization(signal: AbortSignal): Promise<string> {
    if (keyName === undefined || key === undefined) return `Bearer ${await tokens.token(signal)}`;
    const expiresAt = Math.floor(Date.now() / 1000) + SIGNATURE_S;
    return sharedAccessSignature(url, { keyName, key }, expiresAt);
  }

  return {
    async send(deliveries, { signal }) {
      const answer = await http.request({
        method: 'POST',
        url: `${url}/messages?api-version=2014-01`,
        headers: {
          authorization: await authorization(signal),
          'content-type': 'application/vnd.microsoft.servicebus.json',
        },
        body: eventsBody(settings, deliveries),
        signal,
      });
      if (answer.status === 401) tokens.forget();
      return resultOf(answer);
    },
    close: () => tokens.close(),
  };
}

/** Event Hubs takes a batch as a whole, with 201 and nothing else. */
function resultOf(answer: HttpAnswer): SingleResult {
  return resultOfOwn(answer, answer.status === 201, 'Event Hubs answers 201');
}
