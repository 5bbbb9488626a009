import { type Static, Type } from 'typebox';
import {
  checkHeaders,
  checkHeaderValue,
  checkHttpUrl,
  type Mistake,
} from '../../src/output/check.ts';
import { headersSetting } from '../../src/output/http-settings.ts';
import { flag, secret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Grafana, `https://grafana.example.org`.' }),
  token: secret({ description: 'Token of a service account.', minLength: 1 }),
  dashboardId: Type.Optional(
    Type.Integer({
      description: 'Number of the dashboard. Absent: the annotations are the organisation’s.',
      minimum: 1,
    }),
  ),
  dashboardUid: Type.Optional(textLike('The same by its uid.', '^[a-zA-Z0-9_-]{1,40}$')),
  panelId: Type.Optional(
    Type.Integer({ description: 'Number of the panel in the dashboard.', minimum: 1 }),
  ),
  tagFields: flag(
    'Whether the tags of the alert and the values of its fields are tags, too.',
    false,
  ),
  headers: headersSetting,
});

/** Defaults filled in. */
export type GrafanaSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn(settings: GrafanaSettings): Mistake[] {
  const { url, headers, token, panelId, dashboardId, dashboardUid } = settings;
  const mistakes = [
    ...checkHttpUrl('url', url),
    ...checkHeaders('headers', headers),
    ...checkHeaderValue('token', token),
  ];
  if (panelId !== undefined && dashboardId === undefined && dashboardUid === undefined) {
    mistakes.push({ path: 'dashboardUid', message: 'is missing beside panelId' });
  }
  return mistakes;
}
