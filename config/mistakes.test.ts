import assert from 'node:assert/strict';
import test from 'node:test';
import { outputs } from '../outputs/index.ts';
import { errorsOf } from '../test/support/config-errors.ts';

const types = Object.keys(outputs).join(', ');
const slack = 'type: slack, webhookUrl: "https://hooks.slack.com/services/T/B/X"';

const mistakes: readonly [name: string, yaml: string, error: string][] = [
  [
    'a key with a letter wrong',
    'log: { levl: info }',
    'c.yaml:1:8: error [unknown_key] log.levl: there is no such key\n  did you mean "level"?',
  ],
  [
    'a section with a letter wrong',
    'log: {}\nque: {}',
    'c.yaml:2:1: error [unknown_key] que: there is no such key\n  did you mean "queue"?',
  ],
  [
    'a key nobody could mean',
    'shutdown: { foo: 1 }',
    'c.yaml:1:13: error [unknown_key] shutdown.foo: there is no such key\n  known here: grace, lameDuck',
  ],
  [
    'a colon without a space',
    'log: { level:debug }',
    'c.yaml:1:1: error [unknown_key] log.level: a key ends with a colon and a space',
  ],
  [
    'a missing key',
    'ingest: { http: { tls: { certFile: a.pem } } }',
    'c.yaml:1:19: error [missing_key] ingest.http.tls.keyFile: this key is missing\n  Private key, PEM. Read again when it changes.',
  ],
  [
    'a value that is not among the choices',
    'log: { level: inf }',
    'c.yaml:1:15: error [not_allowed] log.level: "inf" is not one of: trace, debug, info, warn, error\n  did you mean "info"?',
  ],
  [
    'the beginning of a priority',
    `outputs: { soc: { ${slack}, minimumPriority: crit } }`,
    'c.yaml:1:103: error [not_allowed] outputs.soc.minimumPriority: "crit" is not one of: emergency, alert, critical, error, warning, notice, informational, debug\n  did you mean "critical"?',
  ],
  [
    'neither a word nor a list',
    'unrouted: some',
    'c.yaml:1:11: error [not_allowed] unrouted: "some" is not one of: all, none, a list\n  did you mean "none"?',
  ],
  [
    'a list of the wrong things',
    'unrouted: [[a]]',
    'c.yaml:1:12: error [wrong_type] unrouted[0]: must be a text, not a list',
  ],
  [
    'a number where a text belongs',
    'queue: { directory: 5 }',
    'c.yaml:1:21: error [wrong_type] queue.directory: must be a text, not a number\n  write it in quotes',
  ],
  [
    'a list where a section belongs',
    'queue: [a]',
    'c.yaml:1:8: error [wrong_type] queue: must be a map, not a list',
  ],
  [
    'a number that is too large',
    'ingest: { http: { batchAlertsMax: 1000000 } }',
    'c.yaml:1:35: error [out_of_range] ingest.http.batchAlertsMax: must be at most 100000',
  ],
  [
    'a length of time without a unit',
    'queue: { orphanMax: 30 }',
    'c.yaml:1:21: error [wrong_format] queue.orphanMax: must be a length of time such as 250ms, 30s, 5m or 24h, with its unit',
  ],
  [
    'a timeout of nothing',
    `outputs: { soc: { ${slack}, timeout: 0 } }`,
    'c.yaml:1:95: error [wrong_format] outputs.soc.timeout: must be a length of time such as 250ms, 30s, 5m or 24h, with its unit, from 100ms up to 1h',
  ],
  [
    'a size in a unit that is not one',
    'queue: { bytesMax: 2Gi }',
    'c.yaml:1:20: error [wrong_format] queue.bytesMax: must be a size such as 512KiB, 8MiB or 2GiB, or a number of bytes',
  ],
  [
    'an address without a port',
    'ingest: { http: { address: localhost } }',
    'c.yaml:1:28: error [wrong_format] ingest.http.address: must be an address to listen on, such as [::]:2801 or 127.0.0.1:2801',
  ],
  [
    'a template that does not end',
    "normalise: { templatedFields: { a: '{{ .x' } }",
    'c.yaml:1:36: error [wrong_format] normalise.templatedFields.a: template, line 1, column 1: this "{{" is never closed; end the action with "}}"',
  ],
  [
    'an output without a type',
    'outputs: { soc: { webhookUrl: x } }',
    `c.yaml:1:12: error [missing_key] outputs.soc.type: this key is missing\n  there are ${types}`,
  ],
  [
    'an output whose type is mistyped as a key',
    'outputs: { soc: { typ: slack } }',
    'c.yaml:1:12: error [missing_key] outputs.soc.type: this key is missing\n  is it meant by "typ"?',
  ],
  [
    'a type of output that does not exist',
    'outputs: { soc: { type: slak } }',
    'c.yaml:1:25: error [unknown_output_type] outputs.soc.type: "slak" is no type of output\n  did you mean "slack"?',
  ],
  [
    'a type of output that is a word of JavaScript',
    'outputs: { soc: { type: constructor } }',
    `c.yaml:1:25: error [unknown_output_type] outputs.soc.type: "constructor" is no type of output\n  there are ${types}`,
  ],
  [
    'an output that is not a map',
    'outputs: { soc: slack }',
    'c.yaml:1:17: error [wrong_type] outputs.soc: must be a map with the key type',
  ],
  [
    'outputs in a list',
    'outputs: [slack]',
    'c.yaml:1:10: error [wrong_type] outputs: must be a map from names to outputs',
  ],
  [
    'a name with a space',
    'outputs: { "on call": { type: stdout } }',
    'c.yaml:1:12: error [output_name] outputs["on…"]: is not a name for an output\n  a name has at most 63 letters, digits, "_", "-" and ".", and begins with a letter or digit',
  ],
  [
    'what only the output itself can see',
    'outputs: { soc: { type: webhook, url: "example.org" } }',
    'c.yaml:1:39: error [output_setting] outputs.soc.url: is not a URL that begins with https:// or http://',
  ],
  [
    'a client certificate without its key',
    `outputs: { soc: { ${slack}, tls: { certFile: a } } }`,
    'c.yaml:1:103: error [contradiction] outputs.soc.tls.certFile: needs keyFile, too',
  ],
  [
    'two heirs of one output',
    'outputs: { a: { type: stdout, formerly: x }, b: { type: stdout, formerly: x } }',
    'c.yaml:1:75: error [contradiction] outputs.b.formerly: what waits for "x" cannot go to two outputs',
  ],
  [
    'a lame duck that outlives the grace period',
    'shutdown: { grace: 5s, lameDuck: 5s }',
    'c.yaml:1:34: error [contradiction] shutdown.lameDuck: must be shorter than shutdown.grace, or no time is left to finish',
  ],
  [
    'a history larger than the queue',
    'queue: { bytesMax: 1GiB, historyMax: 2GiB }',
    'c.yaml:1:38: error [contradiction] queue.historyMax: must not be larger than queue.bytesMax',
  ],
  [
    'a route to an output that does not exist',
    'outputs: { screen: { type: stdout } }\nroutes: [{ outputs: [scren] }]',
    'c.yaml:2:22: error [route_unknown_output] routes[0].outputs[0]: there is no output scren\n  did you mean screen?',
  ],
  [
    'an expression with a letter wrong',
    "routes:\n  - match: 'priority >= CRITICL'\n    outputs: []",
    'c.yaml:2:25: error [route_unknown_name] routes[0].match: there is no CRITICL\n  did you mean CRITICAL?',
  ],
  [
    'an expression over many lines',
    'routes:\n  - match: >-\n      priority >=\n      CRITICL\n    outputs: []',
    'c.yaml:2:12: error [route_unknown_name] routes[0].match: there is no CRITICL\n  did you mean CRITICAL?',
  ],
  [
    'keys of both forms',
    'outputs: {}\nslack: {}',
    'c.yaml:2:1: error [file_form] "outputs" is a key of Tocsin\'s, "slack" one of Falcosidekick\'s\n  use one form; `tocsin migrate` prints the native form of the other',
  ],
  [
    'a file that is a list',
    '- a',
    'c.yaml: error [file_form] a configuration is a map\n  begin with a key such as `outputs:`',
  ],
  [
    'a key that stands there twice, and another mistake',
    'log: { level: debug }\nlog: { level: nifo }',
    'c.yaml:2:1: error [yaml_duplicate_key] this key is already there\n  keep one of them: the other would be lost without a word\nc.yaml:2:15: error [not_allowed] log.level: "nifo" is not one of: trace, debug, info, warn, error\n  did you mean "info"?',
  ],
  [
    "a key that stands there twice in Falcosidekick's form",
    'redis: { address: a }\nredis: { address: b }',
    'c.yaml:2:1: error [yaml_duplicate_key] this key is already there\n  keep one of them: the other would be lost without a word',
  ],
  [
    'two documents',
    'log: {}\n---\nqueue: {}',
    'c.yaml:2:1: error [yaml_multiple_documents] a second YAML document begins here\n  a configuration is one document: take out the line `---`',
  ],
  [
    'a quote that does not end',
    'log: { level: "info }',
    'c.yaml:1:22: error [yaml_syntax] a character is missing here: a quote, a bracket, a comma, a space or a `:`',
  ],
  [
    'a tab',
    'log:\n\tlevel: info',
    'c.yaml:2:1: error [yaml_syntax] a tab cannot indent: use spaces',
  ],
];

for (const [name, yaml, error] of mistakes) {
  test(`mistake: ${name}`, async () => {
    assert.equal(await errorsOf(yaml), error);
  });
}

test('all mistakes are told at once, in the order of the file', async () => {
  const errors = await errorsOf(`
log: { levl: info }
outputs:
  a: { type: slak }
  b: { type: stdout, nope: 1, minimumPriority: high }
routes:
  - { match: 'priority >', outputs: [a, c] }
queue: { bytesMax: many }
`);
  const lines = errors.split('\n').filter((line) => line.startsWith('c.yaml'));
  assert.deepEqual(
    lines.map((line) => /^c\.yaml:(\d+):\d+: error \[(\w+)\]/.exec(line)?.slice(1).join(' ')),
    [
      '2 unknown_key',
      '4 unknown_output_type',
      '5 unknown_key',
      '5 not_allowed',
      '7 route_syntax',
      '7 route_unknown_output',
      '8 wrong_format',
    ],
  );
});

const attacks: readonly [name: string, yaml: string, code: string][] = [
  [
    'aliases of aliases',
    Array.from(
      { length: 30 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1},`.repeat(9)}]`,
    ).join('\n'),
    'yaml_alias',
  ],
  ['an alias to what it stands in', 'log: &a { level: *a }', 'yaml_alias'],
  ['a merge of what is no map', 'a: &a 1\nlog: { <<: *a }', 'yaml_alias'],
  ['brackets without end', '['.repeat(20_000), 'yaml_syntax'],
];

for (const [name, yaml, code] of attacks) {
  test(`refused: ${name}`, async () => {
    assert.match(await errorsOf(yaml), new RegExp(`error \\[${code}\\]`));
  });
}
