import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { endpointSetting, googleSettings } from '../../src/output/google.ts';
import { settingsSchema, template, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  project: textLike('Project of the topic.', '^[a-z0-9][a-z0-9.:-]{1,80}$'),
  topic: textLike('Topic; it must be there.', '^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$'),
  ...googleSettings,
  attributes: Type.Record(Type.String({ minLength: 1, maxLength: 256 }), Type.String(), {
    description: 'Attributes of every message, beside those that it has anyway.',
    default: {},
    maxProperties: 50,
  }),
  orderingKey: Type.Optional(
    template({
      description:
        'Ordering key, as a Go template over the alert: subscriptions that heed it get what has the same key in its order. Default: none.',
    }),
  ),
  format: alertFormat,
  endpoint: endpointSetting('https://pubsub.googleapis.com'),
});

/** Defaults filled in. */
export type PubSubSettings = Static<typeof schema>;
