import { foreignAnswer } from '../../src/output/answer.ts';
import { boundedSets } from '../../src/output/bounded-sets.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { basicAuthHeader } from '../../src/output/http-settings.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { priorityTitle } from '../../src/alert.ts';
import { stateful } from '../../src/output/stateful.ts';
import { lineOf, tagsOf } from './payload.ts';
import type { InfluxSettings } from './settings.ts';

/** Holds no connection, but knows which series there are. */
export function openPush(settings: InfluxSettings, http: HttpClient): Connection {
  const bounded = boundedSets(settings.seriesMax);
  const request = {
    method: 'POST',
    url: writeUrl(settings),
    headers: headersOf(settings),
  } as const;
  return stateful(async (deliveries, signal) => {
    const nowMs = Date.now();
    const lines = deliveries.map((delivery) => {
      const tags = tagsOf(settings, delivery.alert);
      const overflow = { priority: priorityTitle(delivery.alert.priority), overflow: 'true' };
      return lineOf(settings.measurement, bounded(tags, overflow, nowMs), delivery);
    });
    return resultOf(await http.request({ ...request, body: lines.join(''), signal }));
  });
}

function writeUrl({ url, organization, bucket, database }: InfluxSettings): string {
  const isNew = organization !== undefined;
  const written = new URL(below(url, isNew ? '/api/v2/write' : '/write'));
  const query = isNew ? { org: organization, bucket } : { db: database };
  for (const [name, value] of Object.entries(query)) written.searchParams.set(name, value);
  written.searchParams.set('precision', 'ns');
  return written.href;
}

function headersOf(settings: InfluxSettings): Record<string, string> {
  const { token } = settings;
  const login =
    token === undefined ? basicAuthHeader(settings) : { authorization: `Token ${token}` };
  return { ...login, 'content-type': 'text/plain; charset=utf-8', accept: 'application/json' };
}

/** Points are taken with 204 and nothing else. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome === 'delivered') {
    return answer.status === 204 ? result : foreignAnswer(answer, 'InfluxDB answers 204');
  }
  if (result.outcome === 'reject' && ABOUT_THE_DATABASE.test(answer.text)) {
    return { outcome: 'retry', reason: 'client', detail: result.detail };
  }
  return result;
}

/** A limit of the database's, or something that is not there: no alert would fare better. */
const ABOUT_THE_DATABASE =
  /max-(?:series|values)-per-|database not found|database is required|bucket .{0,80}not found|organization .{0,80}not found/i;
