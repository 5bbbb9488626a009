import { priorityTitle } from '../../src/alert.ts';
import { acceptAnyButPage } from '../../src/output/answer.ts';
import { boundedSets } from '../../src/output/bounded-sets.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { encodedBody } from '../../src/output/gzip.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { epochMs } from '../../src/output/time.ts';
import { lineOf, pointsOf, tagsOf } from './payload.ts';
import type { WavefrontSettings } from './settings.ts';

/** Holds no connection, but knows which series there are. */
export function openPush(settings: WavefrontSettings, http: HttpClient): Connection {
  const { token } = settings;
  const bounded = boundedSets(settings.seriesMax);
  const url = below(settings.url, '/report?f=wavefront');
  const login = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return stateful(async (deliveries, signal) => {
    const nowMs = Date.now();
    const alerts = deliveries.map(({ alert }) => {
      const overflow = { severity: priorityTitle(alert.priority), overflow: 'true' };
      const tags = bounded(tagsOf(settings, alert), overflow, nowMs);
      return { tags, seconds: Math.floor(epochMs(alert.time) / 1000) };
    });
    const lines = pointsOf(alerts).map((point) => lineOf(settings, point));
    // The service wants it compressed; a proxy takes both.
    const { body, headers } = await encodedBody(lines.join(''), token !== undefined);
    const type = { 'content-type': 'text/plain; charset=utf-8' };
    const request = { method: 'POST', url, body, signal } as const;
    return resultOf(await http.request({ ...request, headers: { ...headers, ...type, ...login } }));
  });
}

function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') return acceptAnyButPage(answer);
  // A proxy whose buffer is full says 406.
  if (answer.status !== 406) return result;
  return {
    outcome: 'retry',
    reason: 'server',
    detail: 'HTTP 406: the proxy takes no more for now',
  };
}
