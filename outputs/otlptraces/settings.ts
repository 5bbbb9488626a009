import type { Static } from 'typebox';
import { otlpSettings } from '../../src/output/otlp/settings.ts';
import { duration, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...otlpSettings,
  spanDuration: duration({
    description: 'How long a span is shown to last: an alert has no end.',
    default: '1s',
  }),
});

/** Defaults filled in. */
export type OtlpTracesSettings = Static<typeof schema>;
