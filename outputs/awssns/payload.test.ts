import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { settingsOf } from '../../test/contract/attempt.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { told } from './answer.ts';
import sns from './index.ts';
import { attributeName, noticeOf, publishForm } from './payload.ts';
import type { SnsSettings } from './settings.ts';

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:falco';

function notice(alert: Partial<Alert>, own: object = {}) {
  const { values } = settingsOf(sns, { topicArn, ...own });
  const made = noticeOf(values as unknown as SnsSettings, deliveryOf(alertWith(alert)));
  const { message, fifo } = made;
  const attributes = Object.fromEntries(
    made.attributes.map(({ name, type, value }) => [name, `${type} ${value}`]),
  );
  return { made, message, fifo, attributes };
}

test('a message is the alert, with what subscriptions filter by', () => {
  const { json, key, alert } = deliveryOf(alertWith());
  const { message, attributes, fifo } = notice({});
  assert.equal(message, json);
  assert.deepEqual(attributes, {
    priority: 'String Warning',
    rule: `String ${alert.rule}`,
    source: 'String syscall',
    uuid: `String ${alert.uuid}`,
    delivery_key: `String ${key}`,
  });
  assert.deepEqual(fifo, {});
});

test('text is the output line, with all fields', () => {
  const { message, attributes } = notice({}, { message: 'text' });
  assert.equal(message, alertWith().output);
  assert.deepEqual(attributes, {
    priority: 'String Warning',
    rule: 'String Read sensitive file untrusted',
    source: 'String syscall',
    tags: 'String T1555,container,filesystem',
    hostname: 'String gpu-node-1',
    'evt.time': 'Number 1786406649137331079',
    'fd.name': 'String /etc/shadow',
    'proc.name': 'String cat',
    'proc.tty': 'Number 34818',
    'user.loginuid': 'Number -1',
    'user.name': 'String jenkins',
  });
});

test('no field takes the name of another, and none keeps an alert out', () => {
  const fields = { rule: 'forged', 'a[0].b': 'x', 'a.0.b': 'y', 'AWS.x': 'z', '..': 'q', e: '' };
  const { attributes } = notice({ fields }, { message: 'text' });
  assert.equal(attributes['rule'], 'String Read sensitive file untrusted');
  assert.deepEqual([attributes['a.0.b'], attributes['_AWS.x']], ['String x', 'String z']);
  assert.equal(attributeName('proc.aname[2]'), 'proc.aname.2');
  assert.equal(notice({ output: ' \n ' }, { message: 'text' }).message, alertWith().rule);
});

test('a FIFO topic keeps no alert twice', () => {
  const { fifo } = notice({}, { topicArn: `${topicArn}.fifo`, attributes: false });
  const { key } = deliveryOf(alertWith());
  assert.deepEqual(fifo, { MessageGroupId: 'tocsin', MessageDeduplicationId: key });
});

test('a batch is a form', () => {
  const { made } = notice({ output: 'a & b=c' }, { message: 'text' });
  const form = new URLSearchParams(publishForm(topicArn, [made, made]));
  assert.equal(form.get('Action'), 'PublishBatch');
  assert.equal(form.get('PublishBatchRequestEntries.member.2.Message'), 'a & b=c');
  const attribute = 'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1';
  assert.equal(form.get(`${attribute}.Name`), 'priority');
});

test('an answer is read message by message', () => {
  const xml = `<PublishBatchResponse><PublishBatchResult>
    <Failed><member><Id>1</Id><Code>InternalError</Code><Message>m</Message>
    <SenderFault>false</SenderFault></member></Failed>
    <Successful><member><MessageId>x</MessageId><Id>0</Id></member></Successful>
    </PublishBatchResult></PublishBatchResponse>`;
  const { taken, refused } = told(answered(xml));
  assert.deepEqual([...taken], ['0']);
  assert.deepEqual(
    [...refused],
    [['1', { code: 'InternalError', message: 'm', isSenders: false }]],
  );
  assert.equal(told(answered('<html>')).taken.size, 0);
});

function answered(text: string): HttpAnswer {
  return { status: 200, headers: {}, text, truncated: false };
}
