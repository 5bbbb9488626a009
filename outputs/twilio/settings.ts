import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { optionalText, secret, settingsSchema, textLike } from '../../src/output/settings.ts';

/** E.164. */
const PHONE = '^\\+[1-9][0-9]{1,14}$';

export const schema = settingsSchema({
  accountSid: textLike('Account SID.', '^AC[0-9a-fA-F]{32}$'),
  apiKeySid: Type.Optional(
    textLike('SID of an API key. Default: the account itself logs in.', '^SK[0-9a-fA-F]{32}$'),
  ),
  secret: secret({
    description: 'Secret of the API key, without one the auth token of the account.',
    minLength: 1,
  }),
  to: textLike('Number that gets the messages, as `+4915112345678`.', PHONE),
  from: optionalText('Number or alphanumeric sender that they come from.'),
  messagingServiceSid: Type.Optional(
    textLike('Messaging service that chooses the sender, instead of from.', '^MG[0-9a-fA-F]{32}$'),
  ),
  charsMax: Type.Integer({
    description:
      'Longest message. 160 characters are one SMS, longer ones several that are paid each.',
    minimum: 100,
    maximum: 1600,
    default: 320,
  }),
  url: Type.String({ description: 'Address of the API.', default: 'https://api.twilio.com' }),
});

/** Defaults filled in. */
export type TwilioSettings = Static<typeof schema>;

export function mistakesIn({ url, from, messagingServiceSid }: TwilioSettings): Mistake[] {
  const mistakes = checkHttpUrl('url', url);
  if (from === undefined && messagingServiceSid === undefined) {
    mistakes.push({ path: 'from', message: 'is missing, or messagingServiceSid' });
  }
  if (from !== undefined && messagingServiceSid !== undefined) {
    mistakes.push({ path: 'from', message: 'counts only without messagingServiceSid' });
  }
  return mistakes;
}
