import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  function: textLike('Name of the function.', KUBE_NAME),
  functionNamespace: textLike('Its namespace.', KUBE_NAME, 'openfaas-fn'),
  gatewayNamespace: textLike('Namespace of the gateway.', KUBE_NAME, 'openfaas'),
  gatewayService: textLike('Service of the gateway.', KUBE_NAME, 'gateway'),
  gatewayPort: Type.Integer({
    description: 'Its port.',
    minimum: 1,
    maximum: 65_535,
    default: 8080,
  }),
  ...apiServerSettings,
});

/** Defaults filled in. */
export type OpenFaasSettings = Static<typeof schema>;
