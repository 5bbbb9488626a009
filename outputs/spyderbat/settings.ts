import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { secret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description: 'Address of the API.',
    default: 'https://api.spyderbat.com',
  }),
  organization: textLike('UID of the organization.', '^[A-Za-z0-9_-]{1,64}$'),
  apiKey: secret({ description: 'API key.', minLength: 1 }),
  source: Type.String({
    description: 'Name of the source that is made where there is none yet.',
    minLength: 1,
    default: 'tocsin',
  }),
  sourceDescription: Type.String({ description: 'Its description.', default: '' }),
});

/** Defaults filled in. */
export type SpyderbatSettings = Static<typeof schema>;

export function mistakesIn({ url }: SpyderbatSettings): Mistake[] {
  return checkHttpUrl('url', url);
}
