import { type Static, Type } from 'typebox';
import { basicAuthSettings, headersSetting } from '../../src/output/http-settings.ts';
import { flag, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'Quickwit, `http://quickwit:7280`; without a path, `/api/v1` is added. Secret, for a password may be in it.',
  }),
  ...basicAuthSettings,
  headers: headersSetting,
  index: Type.String({
    description: 'Index.',
    default: 'falco',
    pattern: '^[a-zA-Z][a-zA-Z0-9-_.]{2,254}$',
  }),
  createIndex: flag(
    'Whether the index is made when there is none of that name: any field has a place in it.',
    false,
  ),
  configVersion: Type.String({
    description: "Version of the index's configuration.",
    default: '0.7',
    pattern: '^[0-9.]{1,8}$',
  }),
  compress: flag('Whether requests are compressed (gzip); Quickwit takes that from 0.8 on.', false),
});

/** Defaults filled in. */
export type QuickwitSettings = Static<typeof schema>;
