import { randomUUID } from 'node:crypto';
import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { Connection, FailureReason, SingleResult } from '../../src/output/define.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { withPath } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { awaitAcknowledgement } from './acknowledgement.ts';
import { hecBody } from './payload.ts';
import type { SplunkSettings } from './settings.ts';

/** Holds no connection, but a channel, in which Splunk counts its acknowledgements. */
export function openCollector(settings: SplunkSettings, http: HttpClient): Connection {
  const url = withPath(settings.url, '/services/collector/event');
  const headers = mergeHeaders(
    { 'content-type': 'application/json; charset=utf-8' },
    { authorization: `Splunk ${settings.token}` },
    settings.acknowledge ? { 'x-splunk-request-channel': randomUUID() } : {},
    settings.headers,
  );
  return stateful(async (deliveries, signal) => {
    const body = hecBody(settings, deliveries);
    const answer = await http.request({ method: 'POST', url, headers, body, signal });
    const result = resultOf(answer);
    if (result.outcome !== 'delivered' || !settings.acknowledge) return result;
    return await awaitAcknowledgement(answer, { http, url, headers, signal });
  });
}

/** Codes that are about the token or the configuration, though the status blames the request. */
const DESTINATION_CODES: ReadonlyMap<unknown, FailureReason> = new Map([
  [7, 'client'],
  [10, 'client'],
  [11, 'client'],
  [14, 'client'],
  [16, 'auth'],
]);

/**
 * HEC says what it means with a code.
 *
 * @see https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector
 */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  const { code } = objectIn(answer);
  if (result.outcome === 'delivered') {
    return code === 0 ? result : foreignAnswer(answer, 'HEC answers with the code 0');
  }
  const reason = DESTINATION_CODES.get(code);
  return reason === undefined ? result : { outcome: 'retry', reason, detail: result.detail };
}
