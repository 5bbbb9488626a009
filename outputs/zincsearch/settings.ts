import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { basicAuthSettings } from '../../src/output/http-settings.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description: 'ZincSearch, `http://zincsearch:4080`. Secret, for a password may be in it.',
  }),
  ...basicAuthSettings,
  index: Type.String({
    description: 'Index, made when there is none.',
    default: 'falco',
    pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}$',
  }),
  format: alertFormat,
});

/** Defaults filled in. */
export type ZincSearchSettings = Static<typeof schema>;
