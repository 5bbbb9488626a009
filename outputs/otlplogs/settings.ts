import type { Static } from 'typebox';
import { otlpSettings } from '../../src/output/otlp/settings.ts';
import { flag, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...otlpSettings,
  fields: flag('Whether the fields of an alert are attributes, too.', true),
});

/** Defaults filled in. */
export type OtlpLogsSettings = Static<typeof schema>;
