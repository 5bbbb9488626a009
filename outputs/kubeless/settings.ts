import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  namespace: Type.String({ description: 'Namespace of the function.', pattern: KUBE_NAME }),
  function: Type.String({ description: 'Name of the function.', pattern: KUBE_NAME }),
  port: Type.Integer({
    description: 'Port of its service.',
    minimum: 1,
    maximum: 65_535,
    default: 8080,
  }),
  ...apiServerSettings,
});

/** Defaults filled in. */
export type KubelessSettings = Static<typeof schema>;
