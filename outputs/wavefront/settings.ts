import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { optionalSecret, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description:
      'A Wavefront proxy, `http://wavefront-proxy:2878`, or with token the service itself, `https://example.wavefront.com`.',
  }),
  token: optionalSecret('API token with *Direct Data Ingestion*.'),
  metric: textLike('Name of the metric.', '^[A-Za-z0-9_./,~-]{1,128}$', 'falco.alert'),
  source: textLike('Source of the points.', '^[A-Za-z0-9_.-]{1,128}$', 'tocsin'),
  tagFields: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    description:
      'Fields of alerts that are point tags, too. `*`: every one that holds text, as far as 20 tags go.',
    default: ['k8s.ns.name', 'k8s.pod.name'],
    maxItems: 16,
  }),
  seriesMax: Type.Integer({
    description:
      'Different sets of tags within an hour. Alerts beyond have `severity` and `overflow` alone.',
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
});

/** Defaults filled in. */
export type WavefrontSettings = Static<typeof schema>;

export function mistakesIn({ url }: WavefrontSettings): Mistake[] {
  return checkHttpUrl('url', url);
}
