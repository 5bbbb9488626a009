import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { loadConfig } from '../../config/load.ts';
import type { Alert, Priority } from '../../src/alert.ts';
import type { Delivery } from '../../src/output/define.ts';
import { alertWith, deliveryOf, oddAlerts } from '../../test/contract/alerts.ts';
import { type SlackMessage, slackMessage } from './payload.ts';
import type { SlackSettings } from './settings.ts';

const settings: SlackSettings = {
  webhookUrl: 'https://hooks.slack.com/services/T000/B000/XXXX',
  username: 'Tocsin',
  footer: '',
  uuidInFooter: true,
  outputFormat: 'all',
  blocks: false,
  attachmentsMax: 20,
  unfurlLinks: false,
};

function messageOf(deliveries: readonly Delivery[], overrides: Partial<SlackSettings> = {}) {
  const all = { ...settings, ...overrides };
  return slackMessage(all, deliveries) as SlackMessage;
}

function only(alert: Partial<Alert>, overrides: Partial<SlackSettings> = {}) {
  const message = messageOf([deliveryOf(alertWith(alert))], overrides);
  const [attachment] = message.attachments;
  assert.ok(attachment);
  return { ...message, attachment };
}

interface GoldenCase {
  readonly name: string;
  readonly input: Record<string, unknown> & { output_fields: Alert['fields']; tags: string[] };
  readonly config: Record<string, string>;
  readonly expected: unknown;
}

test('a Falcosidekick configuration makes the message Falcosidekick makes', async () => {
  const file = new URL('../../test/data/falcosidekick/slack.json', import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };
  for (const { name, input, config, expected } of cases) {
    const { output_fields: fields, priority, tags, ...rest } = input;
    const alert = alertWith({
      ...(rest as Partial<Alert>),
      fields,
      priority: String(priority).toLowerCase() as Priority,
      tags: tags.toSorted(),
    });
    const text = JSON.stringify({ ...config, 'slack.webhookurl': settings.webhookUrl });
    const options = { file: 'config.yaml', text, env: {}, flags: {}, baseDirectory: '/' };
    const loaded = await loadConfig(options);
    assert.ok(loaded.ok);
    const [output] = loaded.outputs;
    assert.deepEqual(messageOf([deliveryOf(alert)], output?.settings), expected, name);
  }
});

test('outputFormat shows the line, the table, or both', () => {
  const text = only({}, { outputFormat: 'text', footer: 'SOC' }).attachment;
  assert.equal(text.fields, null);
  assert.equal(text.text, alertWith().output);
  assert.equal(text.footer, alertWith().uuid);
  const fields = only({}, { outputFormat: 'fields', footer: 'SOC' }).attachment;
  assert.equal(fields.text, undefined);
  assert.equal(fields.footer, `SOC · ${alertWith().uuid}`);
  assert.deepEqual(
    fields.fields?.map(({ title }) => title),
    ['rule', 'priority', 'source', 'hostname', 'tags', 'fd.name', 'proc.name', 'user.name', 'time'],
  );
});

test('a value of 36 characters takes the whole width, counted as people count', () => {
  const wide = '🦀'.repeat(36);
  const narrow = '🦀'.repeat(35);
  const { attachment } = only({ fields: { narrow, wide } });
  const widths = attachment.fields?.map(({ title, short }) => `${title} ${short}`);
  assert.deepEqual(widths?.slice(-3), ['narrow true', 'wide false', 'time false']);
});

test('an alert without host name and tags has no rows for them', () => {
  const { attachment } = only({ hostname: '', tags: [], fields: {} });
  assert.deepEqual(
    attachment.fields?.map(({ title }) => title),
    ['rule', 'priority', 'source', 'time'],
  );
});

test('no text of an alert can mention, link, or open a code block', () => {
  const hostile = '<!channel> <@U012AB3CD> <https://evil.example|here> ```x```\n*Critical* & more';
  const { attachment, text } = only(
    {
      rule: hostile,
      output: hostile,
      hostname: hostile,
      tags: [hostile],
      fields: { [hostile]: hostile },
    },
    { messageFormat: '<!here> {{ .Rule }} {{ index .OutputFields "x" }}' },
  );
  const defused =
    '&lt;!channel&gt; &lt;@U012AB3CD&gt; &lt;https://evil.example|here&gt; ˋˋˋxˋˋˋ *Critical* &amp; more';
  assert.equal(attachment.text, defused);
  assert.equal(attachment.fallback, defused);
  assert.ok(attachment.fields?.some(({ title, value }) => title === defused && value === defused));
  // What the operator wrote into the template still counts.
  assert.ok(text?.startsWith(`<!here> ${defused}`), text);
});

test('a template that fails is told, and costs no alert', () => {
  const { text, attachment } = only({}, { messageFormat: '{{ .NoSuchField }}' });
  assert.match(text ?? '', /^messageFormat failed: template, line 1/);
  assert.equal(attachment.text, alertWith().output);
});

test('a late alert says by how much', () => {
  const message = messageOf([deliveryOf(alertWith(), 7_500_000)]);
  assert.equal(message.attachments[0]?.pretext, 'Late by 2 h 5 min.');
});

test('of many alerts the most severe are shown and the rest is counted', () => {
  const priorities: Priority[] = [
    ...Array<Priority>(200).fill('warning'),
    ...Array<Priority>(12).fill('notice'),
    ...Array<Priority>(3).fill('critical'),
  ];
  const deliveries = priorities.map((priority) =>
    deliveryOf(alertWith({ priority, fields: {}, output: priority })),
  );
  const { text, attachments } = messageOf(deliveries, { attachmentsMax: 5 });
  assert.equal(text, '5 alerts, and 210 more: 198 Warning, 12 Notice');
  assert.deepEqual(
    attachments.map(({ fallback }) => fallback),
    ['critical', 'critical', 'critical', 'warning', 'warning'],
  );
});

test('many alerts each keep the text of the template above them', () => {
  const deliveries = ['a', 'b'].map((rule) => deliveryOf(alertWith({ rule }), 60_000));
  const { text, attachments } = messageOf(deliveries, { messageFormat: 'Rule {{ .Rule }}' });
  assert.equal(text, '2 alerts');
  assert.deepEqual(
    attachments.map(({ pretext }) => pretext),
    ['Rule a\nLate by 1 min.', 'Rule b\nLate by 1 min.'],
  );
});

test('no message is larger than Slack takes, and what does not fit is counted', () => {
  const huge = deliveryOf(
    alertWith({
      output: '&'.repeat(16_000),
      fields: Object.fromEntries(
        Array.from({ length: 512 }, (_, n) => [
          `field.${String(n).padStart(3, '0')}`,
          '<'.repeat(4096),
        ]),
      ),
    }),
  );
  const [attachment] = messageOf([huge]).attachments;
  assert.ok(JSON.stringify(attachment).length < 30_000);
  assert.equal(attachment?.text?.endsWith('&amp;…'), true);
  const counted = attachment?.fields?.at(-2);
  assert.deepEqual(counted, { title: '…', value: '509 more fields', short: true });
  const { text, attachments } = messageOf(Array.from({ length: 100 }, () => huge));
  assert.ok(JSON.stringify(attachments).length < 31_000);
  assert.equal(
    text,
    `${attachments.length === 1 ? '1 alert' : `${attachments.length} alerts`}, and ${100 - attachments.length} more: ${100 - attachments.length} Warning`,
  );
});

test('odd alerts, one by one and together, stay within the limits', () => {
  const deliveries = oddAlerts(7, 100).map((alert) => deliveryOf(alert));
  for (const delivery of deliveries)
    assert.ok(JSON.stringify(messageOf([delivery])).length < 34_000);
  const { attachments } = messageOf(deliveries);
  assert.ok(attachments.length >= 1 && attachments.length <= 20);
});
