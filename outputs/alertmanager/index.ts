import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { defineOutput, type SendContext, type SingleResult } from '../../src/output/define.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { postableAlert } from './payload.ts';
import { type AlertmanagerSettings, mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'alertmanager',
  title: 'Alertmanager',
  category: 'alerting',
  summary: 'Posts alerts to the Alertmanagers of a cluster, which group, silence and pass them on.',
  schema,
  example: { urls: ['http://alertmanager-0:9093', 'http://alertmanager-1:9093'] },
  batch: { alertsMax: 64, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 2,
  validate: mistakesIn,
  send(context, deliveries) {
    const nowMs = Date.now();
    const alerts = deliveries.map((delivery) => postableAlert(context.settings, delivery, nowMs));
    return postToAll(context, alerts);
  },
});

/** Members tell each other of silences and what was sent, not of alerts: each must get them all. */
async function postToAll(
  { settings, http, signal }: SendContext<AlertmanagerSettings>,
  alerts: readonly object[],
): Promise<SingleResult> {
  const { urls, path, headers } = settings;
  const body = JSON.stringify(alerts);
  const results = await Promise.all(
    urls.map((url) => http.postJson(below(url, path), body, { signal, headers, accept })),
  );
  const best = (outcome: SingleResult['outcome']) =>
    results.find((result) => result.outcome === outcome);
  return best('delivered') ?? best('retry') ?? (results[0] as SingleResult);
}

/** Alertmanager answers nothing, and what speaks its interface at most some JSON. */
function accept(answer: HttpAnswer): SingleResult {
  const isOwn = answer.text.trim() === '' || Object.keys(objectIn(answer)).length > 0;
  return isOwn
    ? { outcome: 'delivered' }
    : foreignAnswer(answer, 'Alertmanager answers without a text');
}
