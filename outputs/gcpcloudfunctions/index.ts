import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import {
  type Connection,
  defineOutput,
  ONE_BY_ONE,
  type SingleResult,
} from '../../src/output/define.ts';
import { googleMistakes, openGoogle } from '../../src/output/google.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { sendEachOnward } from '../../src/output/loop.ts';
import { callBody } from './payload.ts';
import { type FunctionSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'gcpcloudfunctions',
  title: 'Google Cloud Functions',
  category: 'functions',
  summary: 'Calls a function of Google Cloud (1st generation) with each alert.',
  schema,
  example: { name: 'projects/my-project/locations/europe-west1/functions/on-alert' },
  ...ONE_BY_ONE,
  validate: googleMistakes,
  open: ({ settings, http }) => Promise.resolve(openFunction(settings, http)),
});

function openFunction(settings: FunctionSettings, http: HttpClient): Connection {
  const google = openGoogle(settings, http);
  const url = below(settings.endpoint, `/v1/${settings.name}:call`);
  return {
    send: (deliveries, { signal }) =>
      sendEachOnward(deliveries, async (delivery) =>
        resultOf(await google.post(url, callBody(delivery), signal)),
      ),
    close: () => google.close(),
  };
}

/** The answer has the id of the execution, and what the function returned or threw. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return result;
  const { executionId, error } = objectIn(answer);
  if (typeof executionId !== 'string') {
    return foreignAnswer(answer, 'Cloud Functions answers with an executionId');
  }
  if (typeof error !== 'string' || error === '') return result;
  const detail = `the function failed: ${excerptOf(answer, error)}`;
  return { outcome: 'retry', reason: 'server', detail };
}
