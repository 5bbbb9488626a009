import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import zulip from './index.ts';
import { zulipMessage } from './payload.ts';
import type { ZulipSettings } from './settings.ts';

test('a message has heading, line, table and uuid; markup of ones own counts', () => {
  const raw = {
    url: 'https://z.example.org',
    email: 'b@example.org',
    apiKey: 'k',
    channel: 'c',
    messageFormat: '@**all** {{ .Rule }}',
  };
  const settings = settingsOf(zulip, raw).values as unknown as ZulipSettings;
  const alert = alertWith({
    output: '@**all** #**general** [x](https://evil.example)',
    fields: { 'proc.name': 'cat' },
  });
  const form = new URLSearchParams(zulipMessage(settings, [deliveryOf(alert)]));
  assert.equal(
    form.get('content'),
    [
      '@**all** Read sensitive file untrusted',
      '**[Warning] Read sensitive file untrusted**',
      '＠**all** #＊＊general** [x]（https[:]//evil.example)',
      '- source: syscall',
      '- hostname: gpu-node-1',
      '- tags: T1555, container, filesystem',
      '- proc.name: cat',
      '- time: 2026-08-11 00:04:09.137331079 +0000 UTC',
      '',
      alert.uuid,
    ].join('\n'),
  );
});
