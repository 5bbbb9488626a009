import { type Static, Type } from 'typebox';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { optionalSecret, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'URL of an *http in* node, `http://node-red:1880/falco`. Secret, for its path may be all that protects it.',
  }),
  username: optionalText('With password: basic authentication.'),
  password: optionalSecret('Password of username.'),
  headers: Type.Record(Type.String(), secret({ description: 'Value of the header.' }), {
    description: 'Headers sent with every request.',
    default: {},
  }),
});

/** Defaults filled in. */
export type NodeRedSettings = Static<typeof schema>;

export function mistakesIn({ url, headers }: NodeRedSettings): Mistake[] {
  return [...checkHttpUrl('url', url), ...checkHeaders('headers', headers)];
}
