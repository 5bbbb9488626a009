import type { Static } from 'typebox';
import { Type } from 'typebox';
import { otlpSettings } from '../../src/output/otlp/settings.ts';

export const schema = Type.Object(
  {
    ...otlpSettings,
    fields: Type.Boolean({
      description: 'Whether the fields of an alert are attributes, too.',
      default: true,
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type OtlpLogsSettings = Static<typeof schema>;
