import { acceptAnyButPage } from '../../src/output/answer.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { encodedBody } from '../../src/output/gzip.ts';
import { aboutDestination } from '../../src/output/http-error.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { recordsOf } from './payload.ts';
import type { SpyderbatSettings } from './settings.ts';

/** Holds no connection, but knows whether there is a source to send to. */
export function openPush(settings: SpyderbatSettings, http: HttpClient): Connection {
  const { organization, apiKey, source: name, sourceDescription: description } = settings;
  const sources = below(settings.url, `/api/v1/org/${organization}/source/`);
  const uid = `falcosidekick_${organization}`;
  const login = { authorization: `Bearer ${apiKey}` };
  const json = { 'content-type': 'application/json' };
  let isThere = false;

  async function findOrMake(signal: AbortSignal): Promise<SingleResult> {
    const found = await http.request({
      url: sources,
      headers: login,
      signal,
      answerBytesMax: 1024 * 1024,
    });
    const result = resultOf(found);
    if (result.outcome !== 'delivered' || found.text.includes(JSON.stringify(uid))) return result;
    const body = JSON.stringify({ name, description, uid });
    const headers = { ...login, ...json };
    return resultOf(await http.request({ method: 'POST', url: sources, headers, body, signal }));
  }

  return stateful(async (deliveries, signal) => {
    const made: SingleResult = isThere ? { outcome: 'delivered' } : await findOrMake(signal);
    if (made.outcome !== 'delivered') return aboutDestination(made);
    isThere = true;
    const { body, headers } = await encodedBody(recordsOf(deliveries), true);
    const answer = await http.request({
      method: 'POST',
      url: `${sources}${uid}/data/sb-agent`,
      headers: { ...login, ...headers, 'content-type': 'application/ndjson' },
      body,
      signal,
    });
    // Somebody may have removed it meanwhile.
    if (answer.status === 404) isThere = false;
    return resultOf(answer);
  });
}

function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  return result.outcome === 'delivered' ? acceptAnyButPage(answer) : result;
}
