import { type Static, Type } from 'typebox';
import { ALERT_FORMATS, FORMATS_TEXT } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';
import {
  basicAuthSettings,
  checkEndpoint,
  headersSetting,
} from '../../src/output/http-settings.ts';
import { optionalText, secret, settingsSchema } from '../../src/output/settings.ts';
import { labelName, LABELS_MAX } from './labels.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'Loki, `https://loki.example.org:3100`; without a path, `/loki/api/v1/push` is added. Secret, for a password may be in it.',
  }),
  ...basicAuthSettings,
  tenant: optionalText('Tenant, sent as `X-Scope-OrgID`.'),
  headers: headersSetting,
  encoding: Type.Enum(['json', 'protobuf'], {
    description: 'How a request is written. protobuf is compressed (Snappy), and far smaller.',
    default: 'json',
  }),
  format: Type.Enum([...ALERT_FORMATS, 'text'], {
    description: `What a line is. ${FORMATS_TEXT} text: the output line alone.`,
    default: 'falco',
  }),
  labels: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
    description:
      'Labels of the stream: `rule`, `priority`, `source`, `hostname`, `tags`, or names of fields that hold text. `k8s.ns.name` becomes `k8s_ns_name`.',
    default: ['rule', 'priority', 'source', 'hostname', 'k8s.ns.name'],
    minItems: 1,
    maxItems: LABELS_MAX,
  }),
  streamsMax: Type.Integer({
    description:
      'Different sets of labels within an hour. Alerts beyond have `priority` and `overflow` alone, so that nobody fills Loki with streams.',
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
});

/** Defaults filled in. */
export type LokiSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn(settings: LokiSettings): Mistake[] {
  return [
    ...checkEndpoint({ ...settings, headers: { ...settings.headers, ...tenantHeader(settings) } }),
    ...labelMistakes(settings.labels),
  ];
}

export function tenantHeader({ tenant }: LokiSettings): Record<string, string> {
  return tenant === undefined ? {} : { 'x-scope-orgid': tenant };
}

function labelMistakes(labels: readonly string[]): Mistake[] {
  const names = labels.map(labelName);
  return names.flatMap((name, n) =>
    names.indexOf(name) === n
      ? []
      : [{ path: `labels.${n}`, message: `is the label ${name}, as another one is` }],
  );
}
