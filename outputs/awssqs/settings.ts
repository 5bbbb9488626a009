import type { Static } from 'typebox';
import { Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsMistakes, awsServiceSettings } from '../../src/output/aws.ts';
import type { Mistake } from '../../src/output/check.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { template } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    url: Type.String({
      description: 'URL of the queue. It says the region, too; one that ends with `.fifo` is FIFO.',
      minLength: 1,
    }),
    ...awsServiceSettings,
    group: template({
      description:
        'Of FIFO: message group, as a Go template over the alert. What is in one group stays in its order.',
      default: 'tocsin',
    }),
    format: alertFormat,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type SqsSettings = Static<typeof schema>;

export function mistakesIn(settings: SqsSettings): Mistake[] {
  return [...checkHttpUrl('url', settings.url), ...awsMistakes(settings)];
}
