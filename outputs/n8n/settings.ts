import type { Static } from 'typebox';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { optionalSecret, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({ description: 'Production URL of a *Webhook* node.' }),
  username: optionalText('With password: the *Basic Auth* of the node.'),
  password: optionalSecret('Password of username.'),
  headerName: optionalText('With headerValue: the *Header Auth* of the node.'),
  headerValue: optionalSecret('Value of the header.'),
});

/** Defaults filled in. */
export type N8nSettings = Static<typeof schema>;

export function mistakesIn({ url, headerName, headerValue }: N8nSettings): Mistake[] {
  const mistakes = checkHttpUrl('url', url);
  if (headerName === undefined || headerValue === undefined) return mistakes;
  const [mistake] = checkHeaders('', { [headerName]: headerValue });
  return mistake === undefined ? mistakes : [...mistakes, { ...mistake, path: 'headerName' }];
}
