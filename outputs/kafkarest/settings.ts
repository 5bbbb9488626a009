import { type Static, Type } from 'typebox';
import { endpointSettings } from '../../src/output/http-settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...endpointSettings('URL of the topic, `https://rest-proxy.example.org:8082/topics/falco`.'),
  version: Type.Enum([1, 2], { description: "Version of the proxy's interface.", default: 2 }),
  key: Type.Enum(['none', 'uuid', 'hostname'], {
    description:
      'Key of a record. uuid: whoever compacts keeps one of a resend. hostname: what one host sends stays in order.',
    default: 'none',
  }),
});

/** Defaults filled in. */
export type KafkaRestSettings = Static<typeof schema>;
