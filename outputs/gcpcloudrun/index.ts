import { type Connection, defineOutput } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { createGoogleTokens } from '../../src/output/google-token.ts';
import type { HttpClient } from '../../src/output/http.ts';
import { postAlert } from '../../src/output/post-alert.ts';
import { audienceOf } from './payload.ts';
import { mistakesIn, type RunSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'gcpcloudrun',
  title: 'Google Cloud Run',
  category: 'functions',
  summary: 'Posts each alert to a service of Cloud Run, or a function of the 2nd generation.',
  schema,
  example: { url: 'https://on-alert-abc123-ew.a.run.app' },
  batch: { alertsMax: 1, waitMs: 0 },
  concurrency: 4,
  validate: mistakesIn,
  open: ({ settings, http }) => Promise.resolve(openService(settings, http)),
});

function openService(settings: RunSettings, http: HttpClient): Connection {
  const { url, token, credentials } = settings;
  const tokens = createGoogleTokens(credentials, { audience: audienceOf(settings) }, http);
  return {
    send: (deliveries, { signal }) =>
      sendEach(deliveries, async (delivery) => {
        const authorization = `Bearer ${token ?? (await tokens.token(signal))}`;
        const result = await postAlert(
          { http, signal },
          { url, headers: { authorization } },
          delivery,
        );
        if (result.outcome === 'retry' && result.reason === 'auth') tokens.forget();
        return result;
      }),
    close: () => tokens.close(),
  };
}
