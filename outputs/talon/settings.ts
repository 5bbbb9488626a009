import type { Static } from 'typebox';
import { Type } from 'typebox';

export const schema = Type.Object(
  {
    url: Type.String({ description: 'Address of Falco Talon, `http://falco-talon:2803`.' }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type TalonSettings = Static<typeof schema>;
