import type { Static } from 'typebox';
import { Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { datadogSettings } from '../../src/output/datadog.ts';

export const schema = Type.Object(
  {
    ...datadogSettings,
    service: Type.Optional(
      Type.String({ description: 'Service that the logs belong to.', minLength: 1 }),
    ),
    format: alertFormat,
    compress: Type.Boolean({
      description: 'Whether requests are compressed (gzip).',
      default: true,
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type DatadogLogsSettings = Static<typeof schema>;
