import type { Static } from 'typebox';
import { basicAuthSettings, headersSetting } from '../../src/output/http-settings.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'URL of an *http in* node, `http://node-red:1880/falco`. Secret, for its path may be all that protects it.',
  }),
  ...basicAuthSettings,
  headers: headersSetting,
});

/** Defaults filled in. */
export type NodeRedSettings = Static<typeof schema>;

export function mistakesIn({ url, headers }: NodeRedSettings): Mistake[] {
  return [...checkHttpUrl('url', url), ...checkHeaders('headers', headers)];
}
