import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { datadogSettings } from '../../src/output/datadog.ts';
import { flag, optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...datadogSettings,
  service: optionalText('Service that the logs belong to.'),
  format: alertFormat,
  compress: flag('Whether requests are compressed (gzip).', true),
});

/** Defaults filled in. */
export type DatadogLogsSettings = Static<typeof schema>;
