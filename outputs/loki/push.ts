import { resultOfOwn } from '../../src/output/answer.ts';
import type { Connection, Delivery, SingleResult } from '../../src/output/define.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { basicAuthHeader } from '../../src/output/http-settings.ts';
import { withPath } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { pushBody } from '../../src/output/loki/push-body.ts';
import type { Entry } from '../../src/output/loki/streams.ts';
import { isOlderThan, markedLate } from '../../src/output/rewrite.ts';
import { stateful } from '../../src/output/stateful.ts';
import { epochNs } from '../../src/output/time.ts';
import { boundedLabels, labelsOf } from './labels.ts';
import { lineOf } from './payload.ts';
import { type LokiSettings, tenantHeader } from './settings.ts';

const NS_PER_MS = 1_000_000n;
const DAY_MS = 86_400_000;
/** What Loki takes by default (`reject_old_samples_max_age`). */
const AGE_MS_MAX = 7 * DAY_MS;

/** Holds no connection, but knows which streams there are. */
export function openPush(settings: LokiSettings, http: HttpClient): Connection {
  const bounded = boundedLabels(settings.streamsMax);
  const url = withPath(settings.url, '/loki/api/v1/push');
  const headers = mergeHeaders(basicAuthHeader(settings), tenantHeader(settings), settings.headers);

  function entryOf(delivery: Delivery, isLate: boolean, nowNs: bigint): Entry {
    const one = isLate ? markedLate(delivery) : delivery;
    const { alert } = one;
    return {
      labels: bounded(labelsOf(alert, settings.labels), alert, Number(nowNs / NS_PER_MS)),
      timeNs: isLate ? nowNs : epochNs(alert.time),
      line: lineOf(one, settings, isLate),
    };
  }

  async function push(
    deliveries: readonly Delivery[],
    isLate: (delivery: Delivery, nowMs: number) => boolean,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const nowMs = Date.now();
    const nowNs = BigInt(nowMs) * NS_PER_MS;
    // Of two equal lines of one time Loki keeps one.
    const entries = deliveries.map((one, n) => entryOf(one, isLate(one, nowMs), nowNs + BigInt(n)));
    const { body, contentType } = pushBody(entries, settings.encoding);
    return http.request({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': contentType },
      body,
      signal,
    });
  }

  return stateful(async (deliveries, signal) => {
    const answer = await push(deliveries, hasWaitedTooLong, signal);
    // Of several, halves show which are meant; Loki keeps no entry twice.
    if (deliveries.length > 1 || !isAboutTime(answer)) return resultOf(answer);
    return resultOf(await push(deliveries, () => true, signal));
  });
}

function hasWaitedTooLong(delivery: Delivery, nowMs: number): boolean {
  return delivery.lateMs !== undefined && isOlderThan(delivery, AGE_MS_MAX, nowMs);
}

/** Too old, too new, or an hour behind the newest of its stream. */
function isAboutTime({ status, text }: HttpAnswer): boolean {
  return status === 400 && /timestamp too (?:old|new)|too far behind|out of order/i.test(text);
}

/** Loki, and what speaks its protocol, takes entries with 204 and nothing else. */
function resultOf(answer: HttpAnswer): SingleResult {
  return resultOfOwn(answer, answer.status === 204, 'Loki answers 204');
}
