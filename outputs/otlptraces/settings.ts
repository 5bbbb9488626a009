import type { Static } from 'typebox';
import { Type } from 'typebox';
import { otlpSettings } from '../../src/output/otlp/settings.ts';
import { duration } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    ...otlpSettings,
    spanDuration: duration({
      description: 'How long a span is shown to last: an alert has no end.',
      default: '1s',
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type OtlpTracesSettings = Static<typeof schema>;
