import { type Static, Type } from 'typebox';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description: 'Address of a Falcosidekick-UI, `http://falcosidekick-ui:2802`.',
  }),
  outputs: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    description: 'What it shows as the outputs that the alerts go to.',
    default: [],
    maxItems: 100,
  }),
});

/** Defaults filled in. */
export type WebUiSettings = Static<typeof schema>;
