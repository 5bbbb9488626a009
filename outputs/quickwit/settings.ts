import type { Static } from 'typebox';
import { endpointSettings } from '../../src/output/http-settings.ts';
import { flag, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...endpointSettings('Quickwit, `http://quickwit:7280`; without a path, `/api/v1` is added.'),
  index: textLike('Index.', '^[a-zA-Z][a-zA-Z0-9-_.]{2,254}$', 'falco'),
  createIndex: flag(
    'Whether the index is made when there is none of that name: any field has a place in it.',
    false,
  ),
  configVersion: textLike("Version of the index's configuration.", '^[0-9.]{1,8}$', '0.7'),
  compress: flag('Whether requests are compressed (gzip); Quickwit takes that from 0.8 on.', false),
});

/** Defaults filled in. */
export type QuickwitSettings = Static<typeof schema>;
