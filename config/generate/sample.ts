import { gunzipSync } from 'node:zlib';
import type { Alert } from '../../src/alert.ts';
import { alertToJson, deliveryKey } from '../../src/json.ts';
import type { Connection, Delivery, OutputDefinition } from '../../src/output/define.ts';
import type { HttpClient, HttpRequest } from '../../src/output/http.ts';
import { validate } from '../check/validate.ts';
import { indented } from './indent.ts';

/**
 * What an output posts for an alert: the output itself is asked, with its example as settings and a
 * client that writes down instead of sending. Outputs that do not speak HTTP have no such sample.
 */

const ALERT: Alert = {
  uuid: '019f8a32-5c1e-7d0b-9a3c-2f1d6b7a9c10',
  time: '2026-08-11T00:04:09.137331079Z',
  receivedAt: '2026-08-11T00:04:09.150Z',
  priority: 'warning',
  rule: 'Read sensitive file untrusted',
  source: 'syscall',
  output:
    'Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow',
  hostname: 'gpu-node-1',
  tags: ['T1555', 'container', 'filesystem'],
  fields: {
    'evt.time': JSON.rawJSON('1786406649137331079'),
    'fd.name': '/etc/shadow',
    'k8s.ns.name': 'shop',
    'proc.cmdline': 'cat /etc/shadow',
    'user.name': 'jenkins',
  },
  ingest: { input: 'http', agent: 'falco' },
};

const LINES_MAX = 80;
const ANSWER_MS_MAX = 2000;

/** A section for the README of the output; empty where there is no sample. */
export async function sampleSection(definition: OutputDefinition): Promise<string> {
  // These would write, or post to a hub, as they do it everywhere else: as it came.
  if (definition.category === 'local') return '';
  const request = await postedBy(definition);
  if (request === undefined) return '';
  const { origin, pathname } = new URL(request.url);
  const where = `\`${request.method ?? 'POST'}\` to \`${pathname}\` of \`${origin}\``;
  const type = headerOf(request, 'content-type') ?? 'json';
  const lines = indented(textOf(request)).split('\n');
  const shown = lines.length > LINES_MAX ? [...lines.slice(0, LINES_MAX), '…'] : lines;
  const language = type.includes('json') ? 'json' : 'text';
  return `## What is sent

With the settings above, ${where}:

\`\`\`${language}
${shown.join('\n')}
\`\`\`

`;
}

/** The last request, for others before it may be for a token. */
async function postedBy(definition: OutputDefinition): Promise<HttpRequest | undefined> {
  const requests: HttpRequest[] = [];
  const context = {
    settings: settingsOf(definition),
    http: recorder(requests),
    network: { dial: () => Promise.reject(new Error('no network')) } as never,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  };
  const delivery = sampleDelivery();
  await atTheTimeOf(ALERT, async () => {
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
  return requests.findLast((request) => textOf(request).includes(ALERT.rule));
}

function headerOf({ headers = {} }: HttpRequest, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The body as it is before it is compressed, a form with a line for each of its fields. */
function textOf(request: HttpRequest): string {
  const { body = '' } = request;
  const isCompressed = headerOf(request, 'content-encoding') === 'gzip';
  const bytes = isCompressed ? gunzipSync(body) : body;
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
  if (headerOf(request, 'content-type')?.includes('form-urlencoded') !== true) return text;
  return [...new URLSearchParams(text)].map(([name, value]) => `${name}: ${value}`).join('\n');
}

function settingsOf({ schema, example }: OutputDefinition): never {
  const values = structuredClone(example);
  validate(schema, values, {
    base: [],
    baseDirectory: '/',
    isHidden: () => true,
    onSecret: () => undefined,
    onFile: () => undefined,
  });
  return values as never;
}

function sampleDelivery(): Delivery {
  const json = alertToJson(ALERT);
  const receivedAtMs = Date.parse(ALERT.receivedAt);
  const { priority, ingest } = ALERT;
  return { alert: ALERT, priority, ingest, json, key: deliveryKey(json), receivedAtMs };
}

function recorder(requests: HttpRequest[]): HttpClient {
  const text = JSON.stringify({ access_token: 'token', expires_in: 3600 });
  const answer = { status: 200, headers: {}, text, truncated: false };
  return {
    request(request) {
      requests.push(request);
      return Promise.resolve(answer);
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
async function atTheTimeOf({ receivedAt }: Alert, call: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = () => Date.parse(receivedAt);
  try {
    await call();
  } finally {
    Date.now = now;
  }
}
