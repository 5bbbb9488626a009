import { type Static, Type } from 'typebox';
import { plainLook } from '../../src/output/chat-settings.ts';
import { flag, secret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of the homeserver.' }),
  roomId: textLike("The room's internal id, which begins with `!` (not its `#alias`).", '^!.+$'),
  token: secret({ description: 'Access token of the user that posts.', minLength: 1 }),
  notice: flag('Whether messages are notices, of which clients by default do not notify.', false),
  ...plainLook,
});

/** Defaults filled in. */
export type MatrixSettings = Static<typeof schema>;
