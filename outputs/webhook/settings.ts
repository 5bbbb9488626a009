import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import {
  checkHeaders,
  checkHeaderValue,
  checkHttpUrl,
  type Mistake,
} from '../../src/output/check.ts';
import { headersNamed } from '../../src/output/http-settings.ts';
import { optionalText, secret, settingsSchema, template } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description: 'Where to send to, `https://…`. Secret, for a token may be in it.',
  }),
  method: Type.Union([Type.Literal('POST'), Type.Literal('PUT')], {
    description: 'HTTP method.',
    default: 'POST',
  }),
  headers: headersNamed('Headers sent with every request, such as `Authorization`.'),
  body: Type.Union(
    [
      Type.Literal('alert'),
      Type.Literal('array'),
      Type.Literal('ndjson'),
      Type.Literal('template'),
    ],
    {
      description:
        'alert: one alert a request, as JSON. array: a JSON array of alerts. ndjson: one alert a line. template: one alert a request, by bodyTemplate.',
      default: 'alert',
    },
  ),
  format: alertFormat,
  bodyTemplate: Type.Optional(template({ description: 'With body template: the body.' })),
  contentType: Type.Optional(
    Type.String({
      description:
        'Content type of the body. Default `application/json; charset=utf-8`, for ndjson `application/x-ndjson`.',
    }),
  ),
  signingSecret: Type.Optional(
    secret({
      description: 'Signs every request in the header Tocsin-Signature.',
      minLength: 16,
    }),
  ),
  expectBody: optionalText(
    'Text that a 2xx answer must contain, or the alerts do not count as delivered. Default: any answer that is not an HTML page will do.',
  ),
});

/** Defaults filled in. */
export type WebhookSettings = Static<typeof schema>;

/** What the schema cannot say. */
export function mistakesIn(settings: WebhookSettings): Mistake[] {
  const { url, headers, contentType = '' } = settings;
  const mistakes = [
    ...checkHttpUrl('url', url),
    ...checkHeaders('headers', headers),
    ...checkHeaderValue('contentType', contentType),
  ];
  const needsTemplate = settings.body === 'template';
  const hasTemplate = settings.bodyTemplate !== undefined;
  if (needsTemplate && !hasTemplate) {
    mistakes.push({ path: 'bodyTemplate', message: 'is missing, though body is template' });
  }
  if (hasTemplate && !needsTemplate) {
    mistakes.push({ path: 'bodyTemplate', message: 'counts only with `body: template`' });
  }
  if (needsTemplate && settings.format !== 'falco') {
    mistakes.push({ path: 'format', message: 'counts only without `body: template`' });
  }
  return mistakes;
}
