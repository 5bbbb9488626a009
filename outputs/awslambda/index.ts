import { foreignAnswer } from '../../src/output/answer.ts';
import { awsResult } from '../../src/output/aws-answer.ts';
import { awsMistakes, openAws, regionIn } from '../../src/output/aws.ts';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { sendEachOnward } from '../../src/output/loop.ts';
import { stateful } from '../../src/output/stateful.ts';
import { invocationPath, payloadOf } from './payload.ts';
import { type LambdaSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'awslambda',
  title: 'AWS Lambda',
  category: 'functions',
  summary: 'Invokes a function of AWS Lambda with each alert.',
  schema,
  example: { function: 'on-alert', region: 'eu-central-1' },
  batch: { alertsMax: 1, waitMs: 0 },
  concurrency: 4,
  validate: awsMistakes,
  open: ({ settings, http }) => Promise.resolve(openFunction(settings, http)),
});

function openFunction(settings: LambdaSettings, http: HttpClient): Connection {
  const { function: name, region = regionIn(name), invocationType } = settings;
  const service = openAws({ ...settings, region }, 'lambda', http);
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': invocationType };
  return stateful((deliveries, signal) =>
    sendEachOnward(deliveries, async (delivery) => {
      const url = service.url(invocationPath(name));
      const body = payloadOf(settings, delivery);
      return resultOf(await service.request({ method: 'POST', url, headers, body, signal }));
    }),
  );
}

/** Lambda has a function's failure in a header, beside a 200. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered') return result;
  const { headers } = answer;
  const isLambdas = OWN_HEADERS.some((name) => headers[name] !== undefined);
  if (!isLambdas) return foreignAnswer(answer, 'Lambda answers with x-amzn-requestid');
  if (headers['x-amz-function-error'] === undefined) return result;
  const detail = `the function failed: ${excerptOf(answer)}`;
  return { outcome: 'retry', reason: 'server', detail };
}

const OWN_HEADERS = ['x-amzn-requestid', 'x-amz-executed-version', 'x-amz-function-error'];
