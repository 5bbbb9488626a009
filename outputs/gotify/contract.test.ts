import assert from 'node:assert/strict';
import { answersMean } from '../../test/contract/answers.ts';
import { httpContract } from '../../test/contract/http-contract.ts';
import gotify from './index.ts';
import type { GotifyMessage } from './payload.ts';

const settings = (url: string) => ({ url: `${url}/`, token: 'planted-token' });

for (const format of ['markdown', 'plaintext', 'json']) {
  httpContract(gotify, {
    variant: format,
    settings: (url) => ({ ...settings(url), format }),
    accepted: ({ body }) => ({
      status: 200,
      body: JSON.stringify({ ...(JSON.parse(body) as object), id: 25, appid: 5, date: 'now' }),
    }),
    check(requests, deliveries) {
      assert.equal(requests.length, deliveries.length);
      requests.forEach(({ method, path, headers, body }, n) => {
        assert.equal(`${method} ${path}`, 'POST /message');
        // Extras count in JSON only.
        assert.match(headers['content-type'] ?? '', /^application\/json/);
        assert.equal(headers['x-gotify-key'], 'planted-token');
        const sent = JSON.parse(body) as GotifyMessage;
        assert.ok(Number.isInteger(sent.priority) && sent.priority >= 1 && sent.priority <= 8);
        assert.ok(sent.title.length > 0 && sent.title.length <= 250);
        assert.ok(sent.message !== '' && Buffer.byteLength(sent.message) <= 65_535);
        const { uuid } = deliveries[n]!.alert;
        const shown = format === 'markdown' ? uuid.replaceAll('-', '\\-') : uuid;
        assert.ok(sent.message.includes(shown));
        if (format === 'json') return;
        const starts = format === 'markdown' ? /^\t?- \*\*/ : /^(- |[A-Z][a-z]+: ?)/;
        for (const line of sent.message.trimEnd().split('\n')) {
          assert.match(line, starts);
          assert.doesNotMatch(line.replace(/^\t/, ''), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
          if (format === 'markdown') assert.doesNotMatch(line, /(?<!\\)(\\\\)*[<>[\]`]/);
        }
      });
    },
    sendsNumbers: false,
    lookalikes: [{ status: 200 }, { status: 200, body: '{"status":"ok"}' }, { status: 204 }],
    oddAlerts: 80,
  });
}

answersMean(gotify, settings, [
  [401, { error: 'Unauthorized', errorCode: 401 }, 'retry/auth'],
  [400, { error: 'Bad Request', errorCode: 400 }, 'reject/payload'],
]);
