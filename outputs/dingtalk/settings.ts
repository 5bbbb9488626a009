import type { Static } from 'typebox';
import { Type } from 'typebox';
import {
  messageFormatSetting,
  plainLook,
  webhookUrlSetting,
} from '../../src/output/chat-settings.ts';
import { secret } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    ...webhookUrlSetting('custom robot, with its `access_token`'),
    secret: Type.Optional(
      secret({ description: 'For a robot with a signature: its secret, `SEC…`.', minLength: 1 }),
    ),
    ...plainLook,
    messageFormat: messageFormatSetting,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type DingtalkSettings = Static<typeof schema>;
