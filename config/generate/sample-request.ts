import type { Connection, OutputDefinition } from '../../src/output/define.ts';
import type { HttpClient, HttpRequest } from '../../src/output/http.ts';
import { ALERT, sampleDelivery, tellsOfAlert } from './sample-alert.ts';
import { type RequestText, textOf } from './sample-text.ts';

/** A request that tells of the alert, and what it says. */
export interface SampleRequest {
  readonly request: HttpRequest;
  readonly said: RequestText;
}

const ANSWER_MS_MAX = 2000;

/**
 * What an output requests for an alert: the output itself is asked, with a client that writes down
 * instead of sending. Undefined where it does not speak HTTP.
 */
export async function requestedBy(
  definition: OutputDefinition,
  settings: never,
): Promise<SampleRequest | undefined> {
  const requests: HttpRequest[] = [];
  const context = {
    settings,
    http: recorder(requests),
    network: { dial: () => Promise.reject(new Error('no network')) } as never,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  };
  const delivery = sampleDelivery();
  await atTheTimeOfTheAlert(async () => {
    let connection: Connection | undefined;
    try {
      if (definition.send !== undefined) await definition.send(context, [delivery]);
      connection = await definition.open?.(context);
      await connection?.send([delivery], { signal: context.signal });
    } catch {
      // The answer is not what it expects; what it sent is written down.
    }
    await connection?.close().catch(() => undefined);
  });
  const read = requests.map(async (request) => ({ request, said: await textOf(request) }));
  const all = await Promise.all(read);
  return all.findLast(({ said }) => tellsOfAlert(said.inside ?? said.text));
}

/** Says what gets an output to its alert: a token, and that there is nothing yet. */
const ANSWER = {
  status: 200,
  headers: {},
  text: JSON.stringify({
    access_token: 'token',
    id_token: 'token',
    expires_in: 3600,
    issues: [],
  }),
  truncated: false,
};

function recorder(requests: HttpRequest[]): HttpClient {
  return {
    request(request) {
      requests.push(request);
      return Promise.resolve(ANSWER);
    },
    postJson(url, body, { signal, headers = {}, method = 'POST' }) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      requests.push({ url, body: text, headers, method, signal });
      return Promise.resolve({ outcome: 'delivered' });
    },
    fetch: async (...args) => {
      const request = new Request(...args);
      const { url, method, signal } = request;
      const headers = Object.fromEntries(request.headers);
      requests.push({ url, body: await request.text(), headers, method: method as 'POST', signal });
      return new Response('ok');
    },
    close: () => Promise.resolve(),
  };
}

/** What is generated must be the same tomorrow. */
async function atTheTimeOfTheAlert(call: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = () => Date.parse(ALERT.receivedAt);
  try {
    await call();
  } finally {
    Date.now = now;
  }
}
