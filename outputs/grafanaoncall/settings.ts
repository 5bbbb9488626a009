import { type Static, Type } from 'typebox';
import { headersSetting } from '../../src/output/http-settings.ts';
import { dedupKeySetting } from '../../src/output/dedup-key.ts';
import { CLOSES } from '../../src/output/resolution.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  webhookUrl: secret({ description: 'URL of a *Formatted Webhook* integration.' }),
  dedupKey: dedupKeySetting(
    'alert group',
    `${CLOSES} Empty: the alert's uuid, and nothing is resolved.`,
  ),
  headers: headersSetting,
  details: Type.Enum(['all', 'none'], {
    description:
      'all: rule, priority, source, host name, tags, uuid and fields, for the templates of the integration. none: title and message only.',
    default: 'all',
  }),
});

/** Defaults filled in. */
export type GrafanaOnCallSettings = Static<typeof schema>;
