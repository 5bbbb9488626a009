import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { flag, secret, settingsSchema } from '../../src/output/settings.ts';

const named = (description: string) => Type.Optional(Type.String({ description, minLength: 1 }));

export const schema = settingsSchema({
  url: secret({
    description: 'URL of an HTTP Logs source. Secret, for who knows it may write there.',
  }),
  category: named('Source category (`X-Sumo-Category`), instead of that of the source.'),
  host: named('Source host (`X-Sumo-Host`), instead of that of the source.'),
  name: named('Source name (`X-Sumo-Name`), instead of that of the source.'),
  format: alertFormat,
  compress: flag('Whether requests are compressed (gzip).', true),
});

/** Defaults filled in. */
export type SumoLogicSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: SumoLogicSettings): Mistake[] {
  return [...checkHttpUrl('url', settings.url), ...checkHeaders('', sumoHeaders(settings))];
}

/** @see https://help.sumologic.com/docs/send-data/hosted-collectors/http-source/logs-metrics/upload-logs/ */
export function sumoHeaders({ category, host, name }: SumoLogicSettings): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    ...(category !== undefined && { 'x-sumo-category': category }),
    ...(host !== undefined && { 'x-sumo-host': host }),
    ...(name !== undefined && { 'x-sumo-name': name }),
  };
}
