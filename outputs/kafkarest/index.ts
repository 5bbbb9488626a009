import { defineOutput } from '../../src/output/define.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { basicAuthHeader, checkEndpoint } from '../../src/output/http-settings.ts';
import { recordsOf } from './payload.ts';
import { resultOf } from './result.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'kafkarest',
  title: 'Kafka REST Proxy',
  category: 'queue',
  summary: 'Adds every alert as a record to a topic, through a REST proxy.',
  schema,
  example: { url: 'https://rest-proxy.example.org:8082/topics/falco' },
  batch: { alertsMax: 100, bytesMax: 512 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: checkEndpoint,
  async send({ settings, http, signal }, deliveries) {
    const { url, version, headers } = settings;
    const answer = await http.request({
      method: 'POST',
      url,
      headers: mergeHeaders(basicAuthHeader(settings), headers, {
        'content-type': `application/vnd.kafka.binary.v${version}+json`,
        accept: `application/vnd.kafka.v${version}+json`,
      }),
      body: recordsOf(settings, deliveries),
      signal,
    });
    return resultOf(answer, deliveries);
  },
});
