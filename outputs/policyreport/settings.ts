import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { KUBE_NAME, tokenFileSetting } from '../../src/output/kube-service.ts';
import { flag, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  apiServer: Type.String({
    description: 'API server of the cluster.',
    minLength: 1,
    default: 'https://kubernetes.default.svc',
  }),
  tokenFile: tokenFileSetting(
    "File with the token of a service account, the pod's own by default.",
  ),
  fallbackNamespace: Type.Optional(
    textLike(
      'Namespace whose report takes the alerts of namespaces that do not exist. Default: that of the pod.',
      KUBE_NAME,
    ),
  ),
  resultsMax: Type.Integer({
    description: 'Results in one report; with more, the oldest goes.',
    minimum: 1,
    maximum: 10_000,
    default: 1000,
  }),
  pruneByPriority: flag('The least severe result goes first, of those the oldest.', false),
});

/** Defaults filled in. */
export type PolicyReportSettings = Static<typeof schema>;

export function mistakesIn({ apiServer }: PolicyReportSettings): Mistake[] {
  return checkHttpUrl('apiServer', apiServer);
}
