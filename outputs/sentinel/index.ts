import { resultOfOwn } from '../../src/output/answer.ts';
import { type Connection, defineOutput } from '../../src/output/define.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { below } from '../../src/output/http-url.ts';
import { pushLogs } from '../../src/output/log-push.ts';
import { fetchToken, grantRequest, keepToken } from '../../src/output/oauth.ts';
import { stateful } from '../../src/output/stateful.ts';
import { records } from './payload.ts';
import { mistakesIn, schema, type SentinelSettings } from './settings.ts';

export default defineOutput({
  id: 'sentinel',
  title: 'Microsoft Sentinel',
  category: 'logs',
  summary: 'Writes alerts to a table of Microsoft Sentinel (Azure Monitor, Logs Ingestion API).',
  schema,
  example: {
    endpoint: 'https://soc-ab12.westeurope-1.ingest.monitor.azure.com',
    ruleId: 'dcr-0123456789abcdef0123456789abcdef',
    tenantId: '00000000-0000-0000-0000-000000000000',
    clientId: '11111111-1111-1111-1111-111111111111',
    clientSecret: 'a secret of that application',
  },
  // A request may have 1 MB, and members are named anew.
  batch: { alertsMax: 300, bytesMax: 700_000, waitMs: 200 },
  concurrency: 2,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openTable(settings, http)),
});

/** Holds no connection, but a token. */
function openTable(settings: SentinelSettings, http: HttpClient): Connection {
  const { endpoint, ruleId, stream, compress } = settings;
  const tokens = keepToken((signal) => fetchToken(http, tokenRequest(settings), signal));
  const path = `/dataCollectionRules/${ruleId}/streams/${stream}?api-version=2023-01-01`;
  return stateful(async (deliveries, signal) => {
    const token = await tokens.token(signal);
    const result = await pushLogs(
      { http, signal },
      {
        url: below(endpoint, path),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        text: records(deliveries, Date.now()),
        compress,
      },
      (answer) => resultOfOwn(answer, answer.status === 204, 'Azure Monitor answers 204'),
    );
    // It may have been taken back, or a right has come with another one.
    if (result.outcome === 'retry' && result.reason === 'auth') tokens.forget();
    return result;
  });
}

/** @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function tokenRequest({ authority, tenantId, clientId, clientSecret, scope }: SentinelSettings) {
  return grantRequest(below(authority, `/${tenantId}/oauth2/v2.0/token`), {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
}
