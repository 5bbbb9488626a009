import { type Static, Type } from 'typebox';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description: 'URL of an EventListener, `http://el-falco.falco.svc:8080`.',
  }),
});

/** Defaults filled in. */
export type TektonSettings = Static<typeof schema>;
