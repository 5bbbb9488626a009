import { type Static, Type } from 'typebox';
import { basicAuthSettings, headersSetting } from '../../src/output/http-settings.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'URL of the topic, `https://rest-proxy.example.org:8082/topics/falco`. Secret, for a password may be in it.',
  }),
  version: Type.Enum([1, 2], { description: "Version of the proxy's interface.", default: 2 }),
  key: Type.Enum(['none', 'uuid', 'hostname'], {
    description:
      'Key of a record. uuid: whoever compacts keeps one of a resend. hostname: what one host sends stays in order.',
    default: 'none',
  }),
  ...basicAuthSettings,
  headers: headersSetting,
});

/** Defaults filled in. */
export type KafkaRestSettings = Static<typeof schema>;
