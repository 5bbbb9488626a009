import { type Static, Type } from 'typebox';
import { opsAlertSettings } from '../../src/output/ops-alert.ts';
import { secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  apiKey: secret({ description: 'API key of an *API* integration.', minLength: 1 }),
  region: Type.Enum(['us', 'eu'], {
    description: 'Service region of the account.',
    default: 'us',
  }),
  url: Type.Optional(
    Type.String({ description: 'Another address of the API, instead of a region.' }),
  ),
  ...opsAlertSettings,
  format: Type.Enum(['tocsin', 'falcosidekick'], {
    description:
      'tocsin: the host is the entity, all fields are details. falcosidekick: as Falcosidekick writes it.',
    default: 'tocsin',
  }),
});

/** Defaults filled in. */
export type OpsgenieSettings = Static<typeof schema>;
