import assert from 'node:assert/strict';
import test from 'node:test';
import type { Priority } from '../../src/alert.ts';
import type { OutputDefinition } from '../../src/output/define.ts';
import { alertWith, deliveryOf } from './alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from './attempt.ts';
import { httpContract } from './http-contract.ts';
import { type Received, type Reply, startDestination } from './server.ts';

/** What the contract must know about an output that writes to a chat. */
export interface ChatProbe<Message> {
  /** Tells the probes of one output apart; absent when there is one. */
  readonly variant?: string;
  readonly settings: (origin: string) => object;
  /** `POST /path`, as the vendor's reference has it. */
  readonly request: string | RegExp;
  /** Headers beside the content type, with names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: Reply;
  readonly lookalikes: readonly Reply[];
  /** Bytes of a message at most. */
  readonly bytesMax: number;
  /** What no text from an alert may have. Default: what Markdown reads as a mention or a link. */
  readonly harmful?: RegExp;
  /** Default: as JSON. */
  readonly read?: (request: Received) => Message;
  /** Fails where the message is none; returns how many alerts it shows. */
  readonly check: (message: Message) => number;
  /** Texts that the output writes by itself. */
  readonly own?: (text: string) => boolean;
  readonly statuses?: Readonly<Record<number, string>>;
}

const HARMFUL = /[@`]|<[a-z/!?#]|\]\(|\]:/i;

/** Declares the contract's tests of an output made with `defineChat`, or like it. */
export function chatContract<Message>(
  definition: OutputDefinition,
  probe: ChatProbe<Message>,
): void {
  const { settings, answer, harmful = HARMFUL, own = () => false } = probe;
  const read = probe.read ?? readJson;
  httpContract(definition, {
    ...(probe.variant !== undefined && { variant: probe.variant }),
    settings,
    accepted: () => answer,
    check(requests, deliveries) {
      assert.equal(requests.length, 1);
      const [request] = requests as [Received];
      assertRequest(request, probe);
      const message = read(request) as Message;
      const shown = probe.check(message);
      const [, more = '0'] = / and (\d+) more/.exec(request.body.replaceAll('+', ' ')) ?? [];
      assert.equal(shown + Number(more), deliveries.length);
      for (const text of stringsIn(message)) {
        if (own(text)) continue;
        assert.doesNotMatch(text, harmful);
        assert.doesNotMatch(text, /[\p{Bidi_Control}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/u);
      }
    },
    sendsNumbers: false,
    lookalikes: probe.lookalikes,
    oddAlerts: 100,
    ...(probe.statuses && { statuses: probe.statuses }),
  });
  declareDigest(definition, probe);
}

function readJson({ headers, body }: Received): unknown {
  assert.match(headers['content-type'] ?? '', /^application\/json/);
  return JSON.parse(body);
}

function assertRequest(
  { method, path, headers, body }: Received,
  probe: Pick<ChatProbe<never>, 'request' | 'headers' | 'bytesMax'>,
): void {
  const line = `${method} ${path}`;
  if (typeof probe.request === 'string') assert.equal(line, probe.request);
  else assert.match(line, probe.request);
  assert.partialDeepStrictEqual(headers, { ...probe.headers });
  assert.ok(Buffer.byteLength(body) <= probe.bytesMax, `${Buffer.byteLength(body)} bytes`);
}

/** All texts in a message, without their names. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const PRIORITIES: Priority[] = ['debug', 'critical', 'notice'];

function declareDigest<Message>(definition: OutputDefinition, probe: ChatProbe<Message>): void {
  const { variant, settings, answer, read = readJson } = probe;
  const who = [definition.id, variant].filter((part) => part !== undefined).join(' ');
  test(`${who}: alerts that waited say so, most severe first, each with its uuid`, async (t) => {
    const destination = await startDestination(t, () => answer);
    const context = {
      settings: settingsOf(definition, settings(destination.origin)),
      http: httpClient(t),
    };
    const alerts = PRIORITIES.map((priority, n) =>
      alertWith({ priority, rule: `Rule ${n}`, uuid: `018f6f2e-9d3b-7c11-8a55-00000000000${n}` }),
    );
    for (const sent of [alerts.slice(0, 1), alerts]) {
      destination.received.length = 0;
      const deliveries = sent.map((alert) => deliveryOf(alert, 720_000));
      assert.equal(verdictOf(await attempt(definition, context, deliveries)), 'delivered');
      const message = read(destination.received[0] as Received);
      const text = stringsIn(message).join('\n').replaceAll('\\', '');
      assert.equal(text.match(/late by 12 min/gi)?.length, sent.length, text);
      const order = sent.map(({ uuid }) => text.indexOf(uuid));
      assert.ok(!order.includes(-1), text);
      if (sent.length === 1) continue;
      assert.ok(order[1]! < order[2]! && order[2]! < order[0]!, text);
      assert.match(text, /(?<!\d )3 alerts/);
    }
  });
}
