import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { check, settingsOf } from '../../test/contract/attempt.ts';
import twilio from './index.ts';
import { twilioForm } from './payload.ts';
import { mistakesIn, type TwilioSettings } from './settings.ts';

const account = {
  accountSid: `AC${'0'.repeat(32)}`,
  secret: 'planted-auth-token',
  to: '+15558675310',
};

function formOf(alert: Partial<Alert>, own: object = {}, lateMs?: number) {
  const settings = settingsOf(twilio, { ...account, from: '+15017122661', ...own }).values;
  const delivery = deliveryOf(alertWith(alert), lateMs);
  return Object.fromEntries(twilioForm(settings as unknown as TwilioSettings, delivery));
}

test('a message has priority, host, output line and uuid', () => {
  const { output, uuid } = alertWith();
  assert.deepEqual(formOf({}), {
    To: '+15558675310',
    From: '+15017122661',
    Body: `[Warning] gpu-node-1: ${output} (${uuid})`,
  });
  assert.match(formOf({ hostname: '' })['Body'] ?? '', /^\[Warning\] Sensitive file/);
});

test('a long line is cut with three dots, and never within a character', () => {
  for (const [output, charsMax] of [
    ['x'.repeat(2000), 160],
    ['🦀'.repeat(1000), 161],
    ['🦀'.repeat(1000), 160],
  ] as const) {
    const { Body: body = '' } = formOf({ output }, { charsMax });
    assert.ok(body.length <= charsMax && body.length >= charsMax - 1, body);
    assert.ok(body.isWellFormed());
    assert.match(body, /[x🦀]\.\.\. \(8e2f1c1e-[-0-9a-f]+\)$/u);
    assert.doesNotMatch(body, /…/);
  }
});

test('a late alert says by how much, and links are none', () => {
  const { Body: body } = formOf({ output: 'curl https://evil.example' }, {}, 720_000);
  assert.match(body ?? '', /: \(late by 12 min\) curl https\[:\]\/\/evil\.example \(/);
});

test('the sender is a number or a service', () => {
  const mistakes = (own: object): string[] => {
    const values = { ...account, ...own };
    assert.deepEqual(check(twilio, values).findings, []);
    return mistakesIn(values as unknown as TwilioSettings).map(({ path }) => path);
  };
  const messagingServiceSid = `MG${'0'.repeat(32)}`;
  assert.deepEqual(mistakes({ from: 'FALCO' }), []);
  assert.deepEqual(mistakes({ messagingServiceSid }), []);
  assert.deepEqual(mistakes({}), ['from']);
  assert.deepEqual(mistakes({ from: 'FALCO', messagingServiceSid }), ['from']);
  const { findings } = check(twilio, { ...account, to: '0151 1234' });
  assert.deepEqual(
    findings.map(({ path }) => path),
    [['to']],
  );
});
