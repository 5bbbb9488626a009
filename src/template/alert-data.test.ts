import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, PRIORITIES } from '../alert.ts';
import { alertTemplateData, compileTemplate, TemplateError } from './index.ts';

const ALERT: Alert = {
  uuid: '5f7d4b1e-0a1f-4f0e-9a55-0f6c1d7b2a11',
  time: '2024-03-05T16:07:08.5Z',
  priority: 'warning',
  rule: 'Terminal shell in container',
  source: 'syscall',
  output: 'A shell was spawned',
  fields: {
    'user.name': 'root',
    'fd.lport': 8080,
    'evt.time': JSON.rawJSON('1709654828500000001'),
  },
  tags: ['container', 'shell'],
  hostname: 'node-1',
  receivedAt: '2024-03-05T16:07:08.900Z',
  ingest: { input: 'http', agent: 'falco' },
};

function execute(template: string, alert = ALERT): string {
  return compileTemplate(template).execute(alertTemplateData(alert));
}

test('Falcosidekick users find the alert under the names they know', () => {
  assert.equal(
    execute('{{ .Priority }}, {{ .Rule }}, {{ .Source }}, {{ .Hostname }}, {{ .Tags }}'),
    'Warning, Terminal shell in container, syscall, node-1, [container shell]',
  );
  assert.equal(execute('{{ .Time }}'), '2024-03-05 16:07:08.5 +0000 UTC');
  assert.equal(execute('{{ index .OutputFields "evt.time" }}'), '1709654828500000001');
});

test('a misspelt name is an error, not an empty text', () => {
  assert.throws(
    () => execute('a {{ .Prioritty }}'),
    (error) => {
      return (
        error instanceof TemplateError && error.code === 'template_failed' && error.partial === 'a '
      );
    },
  );
});

test('a priority compares as its number and equals its name', () => {
  const numbers = PRIORITIES.map((priority) =>
    execute('{{ printf "%d" .Priority }}', { ...ALERT, priority }),
  );
  assert.deepEqual(numbers, ['8', '7', '6', '5', '4', '3', '2', '1']);
  assert.equal(
    execute('{{ ge .Priority 4 }} {{ lt .Priority 4 }} {{ eq .Priority "Warning" }}'),
    'true false true',
  );
});
