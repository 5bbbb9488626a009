import assert from 'node:assert/strict';
import test from 'node:test';
import type { Alert } from '../../src/alert.ts';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { lineOf, tagsOf } from './payload.ts';

function line(
  alert: Partial<Alert>,
  tagFields: string[] = [],
  spaces: 'keep' | 'underscore' = 'keep',
) {
  const delivery = deliveryOf(alertWith(alert));
  return lineOf('events', tagsOf({ tagFields, spaces }, delivery.alert), delivery);
}

test('an alert is a point at its own time', () => {
  assert.equal(
    line({}, ['fd.name', 'proc.tty', 'missing']),
    String.raw`events,fd.name=/etc/shadow,hostname=gpu-node-1,priority=Warning,rule=Read\ sensitive\ file\ untrusted,source=syscall value="Sensitive file opened for reading | file=/etc/shadow user=jenkins command=cat /etc/shadow",uuid="8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10",tags="T1555,container,filesystem" 1786406649137331079` +
      '\n',
  );
});

test('every field that holds text, and spaces as Falcosidekick writes them', () => {
  const written = line({ fields: { 'a b': 'c d', n: 1, rule: 'x' } }, ['*'], 'underscore');
  assert.match(written, /^events,a\\ b=c_d,hostname=.*,rule=Read_sensitive_file_untrusted,/);
});

test('no alert ends its tag, its text or its line', () => {
  const hostile = 'x\\, evil=1\nevents,rule=forged value="y" 1';
  const written = line({ rule: hostile, output: `a\\" ${hostile}`, fields: {} });
  assert.equal(written.split('\n').length, 2);
  assert.ok(written.includes(String.raw`rule=x/\,\ evil\=1\ events\,rule\=forged\ value\="y"\ 1,`));
  assert.ok(
    written.includes(String.raw`value="a\\\" x\\, evil=1 events,rule=forged value=\"y\" 1"`),
  );
});

test('alerts of one coarse time are points of their own, and a resend is none', () => {
  const at = (uuid: string, time: string) => line({ uuid, time }).trim().split(' ').at(-1);
  const [one, other] = [
    '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c10',
    '8e2f1c1e-7d0b-4b5e-9a3c-2f1d6b7a9c11',
  ];
  const time = '2026-08-11T00:04:09Z';
  assert.notEqual(at(one!, time), at(other!, time));
  assert.equal(at(one!, time), at(one!, time));
  assert.match(String(at(one!, time)), /^1786406649000\d{6}$/);
});
