import { type Static, Type } from 'typebox';
import { postedLook, shownMaxSetting } from '../../src/output/chat-settings.ts';
import { optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('workflow, or of an old connector'),
  card: Type.Union([Type.Literal('auto'), Type.Literal('adaptive'), Type.Literal('messageCard')], {
    description:
      'adaptive: an Adaptive Card, for workflows. messageCard: what Office 365 connectors took. auto: messageCard for a URL at webhook.office.com or outlook.office.com.',
    default: 'auto',
  }),
  title: Type.String({
    description: 'Who sends, in a messageCard.',
    default: 'Tocsin',
    maxLength: 100,
  }),
  iconUrl: optionalText('Picture in a messageCard.'),
  shownMax: shownMaxSetting(10, 20),
});

/** Defaults filled in. */
export type TeamsSettings = Static<typeof schema>;
