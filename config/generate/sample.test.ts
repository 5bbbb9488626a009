import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { outputs } from '../../outputs/index.ts';
import { ALERT } from './sample-alert.ts';
import { textOf } from './sample-text.ts';

const FACTS = [ALERT.uuid, ALERT.rule, ALERT.output, 'Read\\ sensitive\\ file\\ untrusted'];

for (const id of Object.keys(outputs)) {
  const readme = readFileSync(new URL(`../../outputs/${id}/README.md`, import.meta.url), 'utf8');

  test(`${id}: its README shows an alert, and is text`, () => {
    const [, sample = ''] = /^## What is sent\n(.*?)^## /ms.exec(readme) ?? [];
    assert.ok(
      FACTS.some((fact) => sample.includes(fact)),
      sample,
    );
    assert.doesNotMatch(readme, /[^\P{Cc}\n]|\ufffd(?!`)/u);
  });

  test(`${id}: its README says what it was tested against`, () => {
    const [, tested = ''] = /^## Tested\n\n(.*)$/ms.exec(readme) ?? [];
    assert.match(tested, /^Against (?:a |an )?(?:the )?(?:real|local) /);
  });
}

test('what is packed is shown as it was before, and base64 apart', async () => {
  const signal = AbortSignal.timeout(1000);
  const data = Buffer.from(JSON.stringify({ rule: ALERT.rule, output: ALERT.output }));
  const body = JSON.stringify({ data: data.toString('base64') });
  const { text, inside } = await textOf({ url: 'https://example.org', body, signal });
  assert.match(text, /^\{"data":"[\w+/]{32}…"\}$/);
  assert.equal(inside, data.toString());
});
