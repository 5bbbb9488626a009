import { type Static, Type } from 'typebox';
import { basicAuthSettings } from '../../src/output/http-settings.ts';
import { optionalSecret, optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'InfluxDB, `https://influxdb.example.org:8086`.' }),
  organization: optionalText('Version 2 and later: the organization.'),
  bucket: Type.String({ description: 'With organization: the bucket.', default: 'falco' }),
  database: Type.String({ description: 'Without organization: the database.', default: 'falco' }),
  token: optionalSecret('API token. Goes before username.'),
  ...basicAuthSettings,
  measurement: Type.String({
    description: 'The measurement.',
    minLength: 1,
    maxLength: 128,
    default: 'events',
  }),
  tagFields: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
    description:
      'Fields of alerts that are tags, too, beside `rule`, `priority`, `source` and `hostname`. `*`: every one that holds text.',
    default: ['k8s.ns.name', 'k8s.pod.name'],
    maxItems: 64,
  }),
  spaces: Type.Enum(['keep', 'underscore'], {
    description: 'What becomes of spaces in the tags `rule` and those of fields.',
    default: 'keep',
  }),
  seriesMax: Type.Integer({
    description:
      'Different sets of tags within an hour. Alerts beyond have `priority` and `overflow` alone, so that nobody fills InfluxDB with series.',
    default: 10_000,
    minimum: 1,
    maximum: 1_000_000,
  }),
});

/** Defaults filled in. */
export type InfluxSettings = Static<typeof schema>;
