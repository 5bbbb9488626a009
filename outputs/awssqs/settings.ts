import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsMistakes, awsServiceSettings } from '../../src/output/aws.ts';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { groupSetting } from '../../src/output/aws-messages.ts';
import { settingsSchema, text } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: text('URL of the queue. It says the region, too; one that ends with `.fifo` is FIFO.'),
  ...awsServiceSettings,
  group: groupSetting,
  format: alertFormat,
});

/** Defaults filled in. */
export type SqsSettings = Static<typeof schema>;

export function mistakesIn(settings: SqsSettings): Mistake[] {
  return [...checkHttpUrl('url', settings.url), ...awsMistakes(settings)];
}
