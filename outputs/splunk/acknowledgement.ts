import { setTimeout as pause } from 'node:timers/promises';
import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';

interface Way {
  readonly http: HttpClient;
  /** Where the alerts went. */
  readonly url: string;
  /** With those of the channel. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 200;
const PAUSE_MS_MAX = 2000;

/**
 * Asks until indexers have what was sent, or until the attempt's time is up: then the alerts are sent
 * again, and may be there twice.
 *
 * @see https://help.splunk.com/splunk-enterprise/get-data-in/collect-http-event-data/about-http-event-collector-indexer-acknowledgment
 */
export async function awaitAcknowledgement(sent: HttpAnswer, way: Way): Promise<SingleResult> {
  const { ackId } = objectIn(sent);
  if (!Number.isSafeInteger(ackId)) return NOT_ENABLED;
  const url = acknowledgementUrl(way.url);
  const { http, headers, signal } = way;
  const body = JSON.stringify({ acks: [ackId] });
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    const answer = await http.request({ method: 'POST', url, headers, body, signal });
    const result = resultOfStatus(answer);
    if (result.outcome === 'reject') return { ...result, outcome: 'retry', reason: 'client' };
    if (result.outcome === 'retry') return result;
    const { acks } = objectIn(answer);
    const known = (acks as Readonly<Record<string, unknown>> | undefined)?.[String(ackId)];
    if (known === true) return result;
    if (known !== false) return foreignAnswer(answer, 'HEC answers whether it has them');
    await pause(pauseMs, undefined, { signal });
  }
}

const NOT_ENABLED: SingleResult = {
  outcome: 'retry',
  reason: 'client',
  detail:
    'HEC gives no ackId: enable indexer acknowledgement for the token, or set acknowledge: false',
};

/** `/services/collector/event` is answered for at `/services/collector/ack`. */
function acknowledgementUrl(text: string): string {
  const url = new URL(text);
  url.pathname = `${url.pathname.replace(/\/event(?:\/1\.0)?\/?$/, '').replace(/\/$/, '')}/ack`;
  return url.href;
}
