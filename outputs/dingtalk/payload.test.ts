import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import dingtalk from './index.ts';
import { dingtalkMessage, signedUrl } from './payload.ts';
import type { DingtalkSettings } from './settings.ts';

const webhookUrl = 'https://oapi.dingtalk.com/robot/send?access_token=x';

function settingsWith(own: object): DingtalkSettings {
  return settingsOf(dingtalk, { webhookUrl, ...own }).values as unknown as DingtalkSettings;
}

test('a message has heading, line, table and uuid', () => {
  const alert = alertWith({ output: '![x](https://evil.example/p.png) @all', fields: {} });
  const { markdown } = dingtalkMessage(settingsWith({}), [deliveryOf(alert)]);
  assert.equal(markdown.title, '[Warning] Read sensitive file untrusted');
  const lines = markdown.text.split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    '**[Warning] Read sensitive file untrusted**  ',
    '![x]（https[:]//evil.example/p.png) ＠all  ',
    '- source: syscall  ',
  ]);
  assert.equal(lines.at(-1), alert.uuid);
});

test('a signature is made of the millisecond and the secret', () => {
  assert.equal(signedUrl(settingsWith({}), 1), webhookUrl);
  const { searchParams } = new URL(
    signedUrl(settingsWith({ secret: 'SECplanted' }), 1_577_262_236_757),
  );
  assert.equal(searchParams.get('access_token'), 'x');
  assert.equal(searchParams.get('timestamp'), '1577262236757');
  const signed = createHmac('sha256', 'SECplanted').update('1577262236757\nSECplanted');
  assert.equal(searchParams.get('sign'), signed.digest('base64'));
});

test('a URL without a token is refused, and not quoted', () => {
  const mistakes = (url: string) =>
    dingtalk.validate?.({ ...settingsWith({}), webhookUrl: url }).map(({ message }) => message);
  assert.deepEqual(mistakes(webhookUrl), []);
  const refused = ['has no access_token: copy it whole from the robot'];
  assert.deepEqual(mistakes('https://oapi.dingtalk.com/robot/send'), refused);
  assert.deepEqual(mistakes('https://oapi.dingtalk.com/robot/send?access_token='), refused);
});
