import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import { waitsAsTold } from '../../test/contract/rate-limit.ts';
import discord from './index.ts';
import type { DiscordMessage } from './payload.ts';

const settings = (origin: string) => ({
  webhookUrl: `${origin}/api/webhooks/4242/planted-token`,
  messageFormat: '{{ .Output }}',
});

chatContract<DiscordMessage>(discord, {
  settings,
  request: 'POST /api/webhooks/4242/planted-token?wait=true',
  answer: { status: 200, body: '{"id":"1156","type":0,"channel_id":"7"}' },
  lookalikes: [{ status: 200 }, { status: 204 }, { status: 200, body: '{"ok":true}' }],
  bytesMax: 60_000,
  // Values of fields stand in code blocks.
  harmful: /@|(?<!^)```(?!$)|<[a-z/!?#]|\]\(/i,
  check({ content, embeds, allowed_mentions: mentions }) {
    assert.deepEqual(mentions, { parse: [] });
    assert.ok(content.length <= 2000);
    assert.ok(embeds.length >= 1 && embeds.length <= 10);
    let chars = 0;
    for (const { title, description, color, fields, footer } of embeds) {
      assert.match(color, /^\d+$/);
      assert.ok(title.length <= 256 && description.length <= 4096 && fields.length <= 25);
      for (const { name, value } of fields) {
        assert.ok(name.trim() !== '' && name.length <= 256, name);
        assert.ok(value.trim() !== '' && value.length <= 1024, value);
        chars += name.length + value.length;
      }
      chars += title.length + description.length + (footer?.text.length ?? 0);
      assert.ok(description + title !== '' || fields.length > 0);
    }
    assert.ok(chars <= 6000, `${chars} characters`);
    return embeds.length;
  },
});

answersMean(discord, settings, [
  [401, { message: 'Invalid Webhook Token', code: 50_027 }, 'retry/auth'],
  [404, { message: 'Unknown Webhook', code: 10_015 }, 'retry/client'],
  [400, { message: 'Thread is archived', code: 50_083 }, 'retry/client'],
  [400, { message: 'Invalid Form Body', code: 50_035, errors: {} }, 'reject/payload'],
  [
    429,
    { message: 'You are being rate limited.', retry_after: 0.65, global: false },
    'retry/rateLimited',
  ],
]);

waitsAsTold(
  discord,
  settings,
  { message: 'You are being rate limited.', retry_after: 64.57 },
  64_570,
);
