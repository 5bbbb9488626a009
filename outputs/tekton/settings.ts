import type { Static } from 'typebox';
import { Type } from 'typebox';

export const schema = Type.Object(
  {
    url: Type.String({
      description: 'URL of an EventListener, `http://el-falco.falco.svc:8080`.',
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type TektonSettings = Static<typeof schema>;
