import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { opsAlertSettings } from '../../src/output/ops-alert.ts';
import { optionalSecret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  apiKey: optionalSecret('API key of an *API* integration of a team.'),
  cloudId: Type.Optional(
    textLike(
      'Without apiKey: id of the site, as `https://<site>.atlassian.net/_edge/tenant_info` tells it.',
      '^[0-9a-zA-Z-]{1,64}$',
    ),
  ),
  email: Type.Optional(
    Type.String({ description: 'With cloudId: the account that apiToken belongs to.' }),
  ),
  apiToken: optionalSecret('With cloudId: API token of that account.'),
  url: Type.String({
    description: 'Address of the API.',
    default: 'https://api.atlassian.com',
  }),
  ...opsAlertSettings,
});

/** Defaults filled in. */
export type JsmSettings = Static<typeof schema>;

/** There are two ways in, and one must be whole. */
export function mistakesIn({ apiKey, url, ...others }: JsmSettings): Mistake[] {
  const names = ['cloudId', 'email', 'apiToken'] as const;
  const given = names.filter((name) => others[name] !== undefined);
  const mistakes = checkHttpUrl('url', url);
  if (apiKey !== undefined) {
    const message = 'counts only without apiKey';
    return [...mistakes, ...given.map((path) => ({ path, message }))];
  }
  if (given.length === 0) {
    return [...mistakes, { path: 'apiKey', message: `is missing, or ${names.join(', ')}` }];
  }
  const missing = names.filter((name) => !given.includes(name));
  return [
    ...mistakes,
    ...missing.map((path) => ({ path, message: `is missing beside ${given.join(' and ')}` })),
  ];
}
