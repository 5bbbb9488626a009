import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  function: textLike('Name of the function.', KUBE_NAME),
  routerNamespace: textLike("Namespace of Fission's router.", KUBE_NAME, 'fission'),
  routerService: textLike('Service of the router.', KUBE_NAME, 'router'),
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
