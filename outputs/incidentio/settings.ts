import { type Static, Type } from 'typebox';
import { dedupKeySetting } from '../../src/output/dedup-key.ts';
import { CLOSES } from '../../src/output/resolution.ts';
import { secret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  sourceId: textLike(
    'Id of an *HTTP* alert source; it stands at the end of its URL.',
    '^[0-9A-Za-z_-]{1,64}$',
  ),
  token: secret({ description: 'Token of the alert source.', minLength: 1 }),
  dedupKey: dedupKeySetting('alert', `${CLOSES} Empty: the delivery key, and nothing is closed.`),
  url: Type.String({ description: 'Address of the API.', default: 'https://api.incident.io' }),
});

/** Defaults filled in. */
export type IncidentIoSettings = Static<typeof schema>;
