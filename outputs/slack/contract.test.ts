import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { attempt, httpClient, settingsOf, verdictOf } from '../../test/contract/attempt.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { type Received, startDestination } from '../../test/contract/server.ts';
import type { Block, BlockText } from './blocks.ts';
import slack from './index.ts';
import type { SlackMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/services/T00000000/B00000000/planted-path-secret`,
  messageFormat: '{{ .Rule }} on {{ .Hostname }}',
});

for (const blocks of [false, true]) {
  httpContract(slack, {
    variant: blocks ? 'blocks' : 'attachments',
    settings: (origin) => ({ ...settings(origin), blocks }),
    accepted: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' }),
    check(requests, deliveries) {
      assert.equal(requests.length, 1);
      const [{ body, headers }] = requests as [Received];
      assert.match(headers['content-type'] ?? '', /^application\/json/);
      assert.ok(body.length < 40_000, `${body.length} characters`);
      const message = JSON.parse(body) as SlackMessage<{ readonly blocks?: readonly Block[] }>;
      assertBlocks(message.attachments.flatMap((attachment) => attachment.blocks ?? []));
      assert.ok(message.attachments.length <= deliveries.length);
      const [, more] = / and (\d+) more/.exec(message.text ?? '') ?? [];
      assert.equal(message.attachments.length + Number(more ?? 0), deliveries.length);
      for (const text of strings(message)) {
        assert.doesNotMatch(text, /[<>`]|&(?!(amp|lt|gt);)/);
        assert.doesNotMatch(text, /[\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }
    },
    sendsNumbers: false,
    lookalikes: [
      { status: 200 },
      { status: 200, body: 'o' },
      { status: 200, body: '{"ok":false}' },
      { status: 204 },
    ],
  });
}

/** What Slack's reference requires of these blocks. */
function assertBlocks(blocks: readonly Block[]): void {
  assert.ok(blocks.length <= 50, `${blocks.length} blocks`);
  for (const block of blocks) {
    if ('text' in block) assertTexts([block.text], 1, 3000);
    else if ('fields' in block) assertTexts(block.fields, 10, 2000);
    else assertTexts(block.elements, 10, 2000);
  }
}

function assertTexts(texts: readonly BlockText[], countMax: number, charsMax: number): void {
  assert.ok(texts.length >= 1 && texts.length <= countMax);
  for (const { type, text } of texts) {
    assert.equal(type, 'mrkdwn');
    assert.ok(text.length >= 1 && text.length <= charsMax, `${text.length} characters`);
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

test('slack: what is about the channel waits, what is about the message does not', async (t) => {
  const destination = await startDestination(t, () => ({ status: 200 }));
  const context = {
    settings: settingsOf(slack, settings(destination.origin)),
    http: httpClient(t),
  };
  const answers: [number, string, string][] = [
    [400, 'invalid_payload', 'reject/payload'],
    [400, 'too_many_attachments', 'reject/payload'],
    [400, 'user_not_found', 'retry/client'],
    [403, 'action_prohibited', 'retry/auth'],
    [404, 'channel_not_found', 'retry/client'],
    [404, 'no_service', 'retry/client'],
    [410, 'channel_is_archived', 'retry/client'],
    [500, 'rollup_error', 'retry/server'],
  ];
  for (const [status, body, verdict] of answers) {
    destination.reply = () => ({ status, body });
    const result = await attempt(slack, context, [deliveryOf(alertWith())]);
    assert.equal(verdictOf(result), verdict, body);
    assert.ok('detail' in result && result.detail.includes(body), body);
  }
});
