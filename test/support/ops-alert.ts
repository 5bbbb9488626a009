import assert from 'node:assert/strict';
import type { Delivery } from '../../src/output/define.ts';
import type { Received, Reply } from '../contract/server.ts';

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
