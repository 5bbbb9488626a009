import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  function: Type.String({ description: 'Name of the function.', pattern: KUBE_NAME }),
  functionNamespace: Type.String({
    description: 'Its namespace.',
    pattern: KUBE_NAME,
    default: 'openfaas-fn',
  }),
  gatewayNamespace: Type.String({
    description: 'Namespace of the gateway.',
    pattern: KUBE_NAME,
    default: 'openfaas',
  }),
  gatewayService: Type.String({
    description: 'Service of the gateway.',
    pattern: KUBE_NAME,
    default: 'gateway',
  }),
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
