import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { basicAuthSettings } from '../../src/output/http-settings.ts';
import { secret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description: 'ZincSearch, `http://zincsearch:4080`. Secret, for a password may be in it.',
  }),
  ...basicAuthSettings,
  index: textLike('Index, made when there is none.', '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$', 'falco'),
  format: alertFormat,
});

/** Defaults filled in. */
export type ZincSearchSettings = Static<typeof schema>;
