import type { Static } from 'typebox';
import { Type } from 'typebox';
import { plainLook } from '../../src/output/chat-settings.ts';
import { secret } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    url: Type.String({ description: 'Address of the homeserver.' }),
    roomId: Type.String({
      description: "The room's internal id, which begins with `!` (not its `#alias`).",
      pattern: '^!.+$',
    }),
    token: secret({ description: 'Access token of the user that posts.', minLength: 1 }),
    notice: Type.Boolean({
      description: 'Whether messages are notices, of which clients by default do not notify.',
      default: false,
    }),
    ...plainLook,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type MatrixSettings = Static<typeof schema>;
