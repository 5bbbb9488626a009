import { type Static, Type } from 'typebox';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of Falco Talon, `http://falco-talon:2803`.' }),
});

/** Defaults filled in. */
export type TalonSettings = Static<typeof schema>;
