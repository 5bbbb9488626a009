import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import { startDestination } from '../../test/contract/server.ts';
import { numbered, openOutput } from '../../test/support/open-output.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import wavefront from './index.ts';

/** Name, value, seconds, source, tags: in quotation marks, in which only `\"` is an escape. */
const LINE =
  /^"falco\.alert" (\d+) \d{10} source="tocsin"(?: "[\w.-]+"="(?:\\"|[^"\\\n])+"){1,20}$/;

httpContract(wavefront, {
  settings: (url) => ({ url, tagFields: ['*'] }),
  accepted: () => ({ status: 202 }),
  check(requests, deliveries) {
    let count = 0;
    for (const { path, body } of requests) {
      assert.equal(path, '/report?f=wavefront');
      for (const line of body.trimEnd().split('\n')) count += Number(LINE.exec(line)?.[1]);
    }
    assert.equal(count, deliveries.length);
  },
  sendsNumbers: false,
  oddAlerts: 100,
});

answersMean(wavefront, (url) => ({ url }), [
  [202, '', 'delivered'],
  [400, 'bad line', 'reject/payload'],
  [401, '', 'retry/auth'],
  [406, '', 'retry/server'],
]);

test('wavefront: alerts with the same tags in one second are one point, that counts them', async (t) => {
  const { origin, received } = await startDestination(t, () => ({ status: 202 }));
  const { send } = await openOutput(t, wavefront, { url: origin });
  assert.equal(
    verdictOf(await send([...numbered(3), deliveryOf(alertWith({ rule: '"\\' }))])),
    'delivered',
  );
  const lines = received[0]?.body.split('\n') ?? [];
  assert.match(
    String(lines[0]),
    /^"falco.alert" 3 1786406649 source="tocsin" "severity"="Warning" /,
  );
  assert.match(String(lines[1]), /^"falco.alert" 1 .* "rule"="\\"\/" /);
});

test('wavefront: the service itself gets it compressed, with the token', async (t) => {
  let text = '';
  const { origin } = await startDestination(t, (request) => {
    text = `${request.headers['authorization']} ${request.headers['content-encoding']}`;
    return { status: 202 };
  });
  const { send } = await openOutput(t, wavefront, { url: origin, token: 'planted-token' });
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(text, 'Bearer planted-token gzip');
});

test('wavefront: every key of Falcosidekick finds its setting', async () => {
  const proxy = await loadSidekick({ wavefront: { endpointtype: 'proxy', endpointhost: 'wf' } });
  assert.deepEqual(proxy.settings, {
    url: 'http://wf:2878',
    metric: 'falco.alert',
    source: 'falco-exporter',
    tagFields: ['*'],
    seriesMax: 1000,
  });
  const direct = await loadSidekick({
    wavefront: {
      endpointtype: 'direct',
      endpointhost: 'https://x.wavefront.com',
      endpointtoken: 't',
      metricname: 'm',
      batchsize: 5,
      flushintervalseconds: 2,
    },
  });
  const { url, token, metric } = direct.settings ?? {};
  assert.deepEqual([url, token, metric], ['https://x.wavefront.com', 't', 'm']);
  const wrong = await loadSidekick({ wavefront: { endpointtype: 'other', endpointhost: 'wf' } });
  assert.equal(wrong.misconfigured.length, 1);
});
