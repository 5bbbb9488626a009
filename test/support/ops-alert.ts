import assert from 'node:assert/strict';
import test from 'node:test';
import type { Delivery, OutputDefinition } from '../../src/output/define.ts';
import { deliveryOf } from '../contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../contract/attempt.ts';
import { type Received, type Reply, startDestination } from '../contract/server.ts';
import { alertOfAlertmanager, endOfAlert } from './ended-alert.ts';

/** What Opsgenie, and Jira Service Management after it, demand of an alert, and how they answer. */

export const acceptedOpsAlert: Reply = {
  status: 202,
  body: '{"result":"Request will be processed","took":0.1,"requestId":"43a29c5c-3dbf-4fa4-9c26"}',
};

/** Answers with a 2xx that are not theirs. */
export const foreignOpsAnswers: readonly Reply[] = [
  { status: 200, body: '{"requestId":"1"}' },
  { status: 202 },
  { status: 202, body: '{"result":"queued"}' },
  { status: 202, body: 'Accepted' },
];

interface Body {
  readonly message: string;
  readonly alias: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly details?: Readonly<Record<string, string>>;
  readonly extraProperties?: Readonly<Record<string, string>>;
  readonly entity: string;
  readonly priority: string;
}

/** Checks the limits of the API's reference, and that no text acts as HTML. */
export function checkOpsAlert(
  { method, headers, body }: Received,
  { alert, key }: Delivery,
  details: 'details' | 'extraProperties',
): void {
  assert.equal(method, 'POST');
  assert.equal(headers['content-type'], 'application/json');
  const sent = JSON.parse(body) as Body;
  assert.ok(sent.message.length > 0 && sent.message.length <= 130, sent.message);
  assert.equal(sent.alias, key);
  assert.ok(sent.description.length <= 15_000);
  assert.ok(sent.tags.length <= 20 && sent.tags.every((tag) => tag.length <= 50));
  assert.ok(sent.entity.length <= 512);
  assert.match(sent.priority, /^P[1-5]$/);
  const texts = Object.entries(sent[details] ?? {}).flat();
  assert.ok(texts.join('').length <= 8000, `${texts.join('').length}`);
  assert.equal(sent[details]?.['uuid'], alert.uuid);
  assert.equal(sent[details]?.['time'], alert.time);
  for (const text of [...texts, sent.message, sent.entity, ...sent.tags]) {
    assert.equal(typeof text, 'string');
    assert.doesNotMatch(text, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  }
  assert.doesNotMatch(body, /<[a-z/!?]/i);
}

/** Declares the test that an alert of Alertmanager is closed by its alias, below `path`. */
export function closesByAlias(
  definition: OutputDefinition,
  settings: (origin: string) => object,
  path: string,
): void {
  test(`${definition.id}: the end of an alert closes it, and holds up nothing`, async (t) => {
    const destination = await startDestination(t, () => acceptedOpsAlert);
    const { origin, received } = destination;
    const context = { settings: settingsOf(definition, settings(origin)), http: httpClient(t) };
    const send = async (alert: Delivery['alert']) =>
      verdictOf(await attempt(definition, context, [deliveryOf(alert)]));
    assert.equal(await send(alertOfAlertmanager()), 'delivered');
    assert.equal(await send(endOfAlert()), 'delivered');
    const [opens, closes] = received;
    assert.ok(opens && closes);
    const { alias } = JSON.parse(opens.body) as Body;
    assert.equal(opens.path, path);
    assert.equal(closes.path, `${path}/${alias}/close?identifierType=alias`);
    assert.equal(closes.headers['authorization'], opens.headers['authorization']);
    assert.deepEqual(Object.keys(JSON.parse(closes.body)), ['source', 'note']);
    destination.reply = () => ({ status: 404, body: '{"message":"No such alert"}' });
    assert.equal(await send(endOfAlert()), 'reject/client');
    assert.equal(await send(alertOfAlertmanager()), 'retry/client');
    destination.reply = () => ({ status: 403, body: '{"message":"Not authorized"}' });
    assert.equal(await send(endOfAlert()), 'retry/auth');
  });
}
