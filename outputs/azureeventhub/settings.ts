import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { checkHttpUrl, checkPair, type Mistake } from '../../src/output/check.ts';
import { entraMistakes, entraSettings } from '../../src/output/entra.ts';
import { below } from '../../src/output/http-url.ts';
import {
  optionalSecret,
  optionalText,
  settingsSchema,
  textLike,
} from '../../src/output/settings.ts';

export const schema = settingsSchema({
  namespace: textLike(
    'Namespace: its name, or its host `my-namespace.servicebus.windows.net`.',
    '^[A-Za-z0-9][A-Za-z0-9.-]{1,252}$',
  ),
  hub: textLike('Event hub.', '^[A-Za-z0-9][A-Za-z0-9._/-]{0,255}$'),
  ...entraSettings,
  keyName: optionalText('With key, instead of Entra: name of a shared access policy with Send.'),
  key: optionalSecret('Key of that policy.'),
  format: alertFormat,
  endpoint: optionalText('Where the namespace is, for a private endpoint. Default: its host.'),
});

/** Defaults filled in. */
export type EventHubSettings = Static<typeof schema>;

export function mistakesIn(settings: EventHubSettings): Mistake[] {
  const { keyName, key, endpoint } = settings;
  return [
    ...entraMistakes(settings),
    ...checkPair({ keyName, key }),
    ...checkHttpUrl('endpoint', endpoint),
  ];
}

/** The address of the hub, which is also what a signature is for. */
export function hubUrl({ namespace, hub, endpoint }: EventHubSettings): string {
  const host = namespace.includes('.') ? namespace : `${namespace}.servicebus.windows.net`;
  return below(endpoint ?? `https://${host}`, `/${hub}`);
}
