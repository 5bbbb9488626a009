import { type Static, Type } from 'typebox';
import { byPriority } from '../../src/output/by-priority.ts';
import { checkHttpUrl, checkPair, type Mistake } from '../../src/output/check.ts';
import { dedupKeySetting } from '../../src/output/dedup-key.ts';
import { optionalSecret, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of the server.', default: 'https://ntfy.sh' }),
  topic: secret({
    description:
      'Topic. Secret, for on a server without access control whoever knows it can read and send.',
    pattern: '^[-_A-Za-z0-9]{1,64}$',
  }),
  token: optionalSecret('Access token.'),
  username: optionalText('Without token: user.'),
  password: optionalSecret('Password of username.'),
  priorities: byPriority(Type.Integer({ description: '1 to 5.', minimum: 1, maximum: 5 }), {
    description:
      "ntfy's 1 (no sound) to 5 (keeps ringing) for a priority. Default: Emergency to Critical are 5, Error 4, Warning 3, Notice and Informational 2, Debug 1.",
  }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    description: 'Tags of every message; names of emojis are shown as emojis.',
    maxItems: 10,
    default: [],
  }),
  dedupKey: dedupKeySetting(
    'entry on the phone (server 2.16 or later)',
    'Empty: none is sent, and each message is an entry of its own.',
  ),
});

/** Defaults filled in. */
export type NtfySettings = Static<typeof schema>;

export function mistakesIn({ url, token, username, password }: NtfySettings): Mistake[] {
  const mistakes = [...checkHttpUrl('url', url), ...checkPair({ username, password })];
  if (token !== undefined && username !== undefined) {
    mistakes.push({ path: 'username', message: 'counts only without token' });
  }
  return mistakes;
}
