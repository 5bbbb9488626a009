import { type Static, Type } from 'typebox';
import { checkHeaderValue, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { below } from '../../src/output/http-url.ts';
import { flag, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description:
      'API of the environment: `https://ENVIRONMENT.live.dynatrace.com/api`, or that of an ActiveGate, `https://HOST:9999/e/ENVIRONMENT/api`.',
  }),
  token: secret({ description: 'Access token with the scope `logs.ingest`.', minLength: 1 }),
  compress: flag('Whether requests are compressed (gzip).', true),
});

/** Defaults filled in. */
export type DynatraceSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn({ url, token }: DynatraceSettings): Mistake[] {
  return [...checkHttpUrl('url', url), ...checkHeaderValue('token', token)];
}

/** @see https://docs.dynatrace.com/docs/dynatrace-api/environment-api/log-monitoring-v2/post-ingest-logs */
export function dynatraceHeaders({ token }: DynatraceSettings): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    authorization: `Api-Token ${token}`,
  };
}

export function ingestUrl({ url }: DynatraceSettings): string {
  return below(url, '/v2/logs/ingest');
}
