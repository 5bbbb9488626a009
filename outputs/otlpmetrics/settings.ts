import { type Static, Type } from 'typebox';
import { otlpSettings } from '../../src/output/otlp/settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...otlpSettings,
  attributeFields: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
    description:
      'Fields of alerts that are attributes, too, beside `source`, `priority`, `rule`, `hostname` and `tags`. `k8s.ns.name` becomes `k8s_ns_name`.',
    default: [],
    maxItems: 32,
  }),
  seriesMax: Type.Integer({
    description:
      'Sets of attributes that are counted. Alerts beyond count together, under `otel.metric.overflow`.',
    default: 2000,
    minimum: 1,
    maximum: 100_000,
  }),
});

/** Defaults filled in. */
export type OtlpMetricsSettings = Static<typeof schema>;
