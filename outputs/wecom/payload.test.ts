import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import wecom from './index.ts';
import { wecomMessage } from './payload.ts';
import type { WecomSettings } from './settings.ts';

test('a message has heading, line, table and uuid; nothing in it acts', () => {
  const raw = { webhookUrl: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x' };
  const settings = settingsOf(wecom, raw).values as unknown as WecomSettings;
  const alert = alertWith({ output: '<@zhang> <font color="info">ok</font>', fields: {} });
  assert.equal(
    wecomMessage(settings, [deliveryOf(alert)]).markdown.content,
    [
      '**[Warning] Read sensitive file untrusted**',
      '‹＠zhang> ‹font color="info">ok‹/font>',
      '> source: syscall',
      '> hostname: gpu-node-1',
      '> tags: T1555, container, filesystem',
      '> time: 2026-08-11 00:04:09.137331079 +0000 UTC',
      alert.uuid,
    ].join('\n'),
  );
});
