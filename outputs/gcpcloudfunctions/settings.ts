import type { Static } from 'typebox';
import { endpointSetting, googleSettings } from '../../src/output/google.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  name: textLike(
    'Full name: `projects/<project>/locations/<region>/functions/<function>`.',
    '^projects/[a-z0-9.:-]+/locations/[a-z0-9-]+/functions/[A-Za-z0-9_-]+$',
  ),
  ...googleSettings,
  endpoint: endpointSetting('https://cloudfunctions.googleapis.com'),
});

/** Defaults filled in. */
export type FunctionSettings = Static<typeof schema>;
