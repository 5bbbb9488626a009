import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { endpointSettings } from '../../src/output/http-settings.ts';
import { duration, flag, settingsSchema, textLike } from '../../src/output/settings.ts';

const NAME = '^[a-zA-Z0-9_-]{1,100}$';

export const schema = settingsSchema({
  ...endpointSettings('OpenObserve, `https://openobserve.example.org:5080`.'),
  organization: textLike('Organisation.', NAME, 'default'),
  stream: textLike('Stream, made when there is none.', NAME, 'falco'),
  format: alertFormat,
  ageMax: duration({
    description:
      'What is older than this is filed under the time of arrival, since OpenObserve refuses it: a bit less than its `ZO_INGEST_ALLOWED_UPTO`, which is 5 hours by default.',
    default: '4h',
  }),
  compress: flag('Whether requests are compressed (gzip).', false),
});

/** Defaults filled in. */
export type OpenObserveSettings = Static<typeof schema>;
