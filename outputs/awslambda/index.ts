import { foreignAnswer } from '../../src/output/answer.ts';
import { awsResult } from '../../src/output/aws-answer.ts';
import { awsMistakes, openAws } from '../../src/output/aws.ts';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { rejectedLoop } from '../../src/output/loop.ts';
import { stateful } from '../../src/output/stateful.ts';
import { functionOf, invocationPath, payloadOf } from './payload.ts';
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
  const { name, region } = functionOf(settings);
  const service = openAws({ ...settings, region }, 'lambda', http);
  return stateful((deliveries, signal) =>
    sendEach(deliveries, async (delivery) => {
      const loop = rejectedLoop(delivery);
      if (loop !== undefined) return loop;
      const answer = await service.request({
        method: 'POST',
        url: service.url(invocationPath(name)),
        headers: {
          'content-type': 'application/json',
          'x-amz-invocation-type': settings.invocationType,
        },
        body: payloadOf(settings, delivery),
        signal,
      });
      return resultOf(answer);
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
