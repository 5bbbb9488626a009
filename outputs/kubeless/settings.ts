import { type Static, Type } from 'typebox';
import { apiServerSettings, KUBE_NAME } from '../../src/output/kube-service.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  namespace: textLike('Namespace of the function.', KUBE_NAME),
  function: textLike('Name of the function.', KUBE_NAME),
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
