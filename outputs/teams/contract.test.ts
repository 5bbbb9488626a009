import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { chatContract } from '../../test/contract/chat-contract.ts';
import type { AdaptiveMessage, CardElement } from './adaptive-card.ts';
import teams from './index.ts';
import type { MessageCard } from './message-card.ts';

const workflow = (origin: string) => ({
  webhookUrl: `${origin}/workflows/planted-id/paths/invoke?sig=planted-signature`,
  messageFormat: '{{ .Output }}',
});
const connector = (origin: string) => ({
  webhookUrl: `${origin}/webhookb2/planted-id/IncomingWebhook/planted-key`,
  card: 'messageCard',
});

const SCHEMA = 'http://adaptivecards.io/schemas/adaptive-card.json';

chatContract<AdaptiveMessage>(teams, {
  variant: 'workflow',
  settings: workflow,
  request: 'POST /workflows/planted-id/paths/invoke?sig=planted-signature',
  answer: { status: 202 },
  lookalikes: [],
  bytesMax: 28 * 1024,
  own: (text) => text === SCHEMA,
  check({ type, attachments: [{ contentType, content }] }) {
    assert.equal(type, 'message');
    assert.equal(contentType, 'application/vnd.microsoft.card.adaptive');
    assert.deepEqual([content.type, content.version], ['AdaptiveCard', '1.4']);
    assertElements(content.body);
    return content.body.filter((element) => element.type === 'Container').length || 1;
  },
});

/** What Adaptive Cards 1.4 requires of these elements. */
function assertElements(elements: readonly CardElement[]): void {
  assert.notEqual(elements.length, 0);
  for (const element of elements) {
    if (element.type === 'TextBlock') assert.notEqual(element.text, '');
    else if (element.type === 'Container') assertElements(element.items);
    else assert.ok(element.facts.every(({ title, value }) => title !== '' && value !== ''));
  }
}

chatContract<MessageCard>(teams, {
  variant: 'connector',
  settings: connector,
  request: 'POST /webhookb2/planted-id/IncomingWebhook/planted-key',
  answer: { status: 200, body: '1' },
  lookalikes: [
    { status: 200 },
    { status: 202 },
    { status: 200, body: 'Webhook message delivery failed with error: HTTP error 429' },
  ],
  bytesMax: 28 * 1024,
  check(card) {
    assert.equal(card['@type'], 'MessageCard');
    assert.match(card.themeColor, /^[0-9a-f]{6}$/);
    assert.ok(card.summary !== '');
    assert.ok(card.sections.length <= 10);
    return card.sections.length;
  },
});

const failed = (status: number) =>
  `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId x.`;

answersMean(teams, connector, [
  [200, failed(429), 'retry/rateLimited'],
  [200, failed(413), 'reject/payload'],
  [200, failed(404), 'retry/client'],
  [200, 'Connector configuration not found', 'retry/client'],
]);
answersMean(teams, workflow, [
  [401, { error: { code: 'DirectApiAuthorizationRequired' } }, 'retry/auth'],
  [404, { error: { code: 'WorkflowNotFound' } }, 'retry/client'],
  [400, { error: { code: 'TriggerInputSchemaMismatch' } }, 'reject/payload'],
]);
