import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import {
  goldenMessages,
  sidekickSettings,
  SIDEKICK_LOOK,
} from '../../test/support/golden-messages.ts';
import googlechat from './index.ts';
import { googlechatMessage } from './payload.ts';
import type { GooglechatSettings } from './settings.ts';

goldenMessages('googlechat', googlechatMessage);

const webhookurl = 'https://chat.googleapis.com/v1/spaces/S/messages?key=k&token=t';

sidekickSettings(
  'googlechat',
  { webhookurl, outputformat: 'text', messageformat: '{{ .Rule }}' },
  {
    ...SIDEKICK_LOOK,
    webhookUrl: webhookurl,
    outputFormat: 'template',
    messageFormat: '{{ .Rule }}',
    cards: 'v1',
  },
);

function messageOf(own: object) {
  const settings = settingsOf(googlechat, { webhookUrl: webhookurl, ...own }).values;
  return googlechatMessage(settings as unknown as GooglechatSettings, [deliveryOf(alertWith())]);
}

test('the text alone is sent where there is one', () => {
  const text = 'Read sensitive file untrusted';
  assert.deepEqual(messageOf({ outputFormat: 'template', messageFormat: '{{ .Rule }}' }), { text });
  assert.equal(messageOf({ outputFormat: 'template' }).cardsV2?.length, 1);
});

test('a card has the line, the table and the uuid', () => {
  const [card] = messageOf({}).cardsV2 ?? [];
  assert.equal(card?.card.header.title, '[Warning] Read sensitive file untrusted');
  const widgets = card?.card.sections[0].widgets ?? [];
  assert.deepEqual(widgets[0], { textParagraph: { text: alertWith().output } });
  assert.partialDeepStrictEqual(widgets[1], { decoratedText: { topLabel: 'rule' } });
  assert.deepEqual(widgets.at(-1), { textParagraph: { text: alertWith().uuid } });
});
