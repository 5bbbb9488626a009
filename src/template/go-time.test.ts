import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, goTime, goTimeText } from './index.ts';

test('a time prints as Go prints it, with the digits it has', () => {
  const times: readonly (readonly [string, string])[] = [
    ['2001-01-01T01:10:00Z', '2001-01-01 01:10:00 +0000 UTC'],
    ['2024-03-05T16:07:08.120456789Z', '2024-03-05 16:07:08.120456789 +0000 UTC'],
    ['2024-03-05T16:07:08.1200Z', '2024-03-05 16:07:08.12 +0000 UTC'],
    ['2024-03-05T16:07:08.0000000019Z', '2024-03-05 16:07:08.000000001 +0000 UTC'],
    ['2024-01-01T00:00:00+02:00', '2024-01-01 00:00:00 +0200 +0200'],
    ['2024-01-01T00:00:00.5-09:30', '2024-01-01 00:00:00.5 -0930 -0930'],
    ['0099-12-31T23:59:59Z', '0099-12-31 23:59:59 +0000 UTC'],
    ['2024-02-29T00:00:00Z', '2024-02-29 00:00:00 +0000 UTC'],
  ];
  for (const [rfc3339, text] of times) {
    assert.equal(goTimeText(rfc3339), text);
    assert.equal(compileTemplate('{{ . }}').execute(goTime(rfc3339)), text);
  }
});

test('what is no RFC 3339 time is kept as it is', () => {
  for (const text of ['', 'now', '2023-02-29T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01']) {
    assert.equal(goTimeText(text), text);
    assert.equal(compileTemplate('{{ . }}').execute(goTime(text)), text);
  }
});

test('a layout gives the same as in Go', () => {
  const time = goTime('2024-03-05T16:07:08.120456789+05:30');
  const layouts: readonly (readonly [string, string])[] = [
    ['Monday, 2 January 2006, 3:04:05 PM', 'Tuesday, 5 March 2024, 4:07:08 PM'],
    ['Mon Jan _2 15:04:05 MST 2006', 'Tue Mar  5 16:07:08 +0530 2024'],
    ['06-1-02 03pm .000 ,999999999 .00', '24-3-05 04pm .120 ,120456789 .12'],
    ['Z07:00 -0700 -07 Z070000 002 __2', '+05:30 +0530 +05 +053000 065  65'],
    ['Janus Monx .0009 0 7', 'Janus Monx .0009 0 7'],
  ];
  for (const [layout, text] of layouts) {
    assert.equal(compileTemplate(`{{ .Format "${layout}" }}`).execute(time), text);
  }
});

test('the methods give numbers that can be compared', () => {
  const time = goTime('2024-03-05T16:07:08.000000009Z');
  const source = '{{ .Unix }} {{ .UnixNano }} {{ eq .Year 2024 }} {{ .Month }} {{ eq .Month 3 }}';
  const expected = '1709654828 1709654828000000009 true March true';
  assert.equal(compileTemplate(source).execute(time), expected);
  const local = goTime('2024-03-05T00:30:00+02:00');
  assert.equal(
    compileTemplate('{{ .Day }} {{ .UTC.Day }} {{ .UTC }}').execute(local),
    '5 4 2024-03-04 22:30:00 +0000 UTC',
  );
});
