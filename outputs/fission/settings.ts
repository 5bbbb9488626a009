import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  function: Type.String({ description: 'Name of the function.', pattern: KUBE_NAME }),
  routerNamespace: Type.String({
    description: "Namespace of Fission's router.",
    pattern: KUBE_NAME,
    default: 'fission',
  }),
  routerService: Type.String({
    description: 'Service of the router.',
    pattern: KUBE_NAME,
    default: 'router',
  }),
  routerPort: Type.Integer({
    description: 'Its port.',
    minimum: 1,
    maximum: 65_535,
    default: 80,
  }),
  ...apiServerSettings,
});

/** Defaults filled in. */
export type FissionSettings = Static<typeof schema>;
