import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { compileEnrichment, type EnrichmentSettings } from './enrich.ts';
import { normaliseFalco, type NormaliseResult } from './falco.ts';

type Accepted = Extract<NormaliseResult, { ok: true }>;

function enriched(
  settings: Partial<EnrichmentSettings>,
  changes: Readonly<Record<string, unknown>> = {},
): Accepted {
  const enrichment = compileEnrichment({
    customFields: {},
    templatedFields: {},
    customTags: [],
    bracketReplacer: '',
    outputFieldFormat: '',
    ...settings,
  });
  const document = {
    output: '16:31:56.746609046: Error File opened',
    priority: 'Error',
    rule: 'R',
    output_fields: { 'proc.name': 'bash' },
    tags: ['t2', 't1'],
    ...changes,
  };
  const provenance = { input: 'http', agent: 'falco' };
  const result = normaliseFalco(document, { nowMs: 0, provenance, enrichment });
  assert.ok(result.ok);
  return result;
}

function format(
  outputFieldFormat: string,
  more: Partial<EnrichmentSettings> = {},
  sent: Readonly<Record<string, unknown>> = {},
): string {
  return enriched({ outputFieldFormat, ...more }, sent).alert.output;
}

describe('custom fields and tags', () => {
  test('are written into every alert; fields win over the sender', () => {
    const { alert } = enriched({
      customFields: { team: 'soc', 'proc.name': 'x' },
      customTags: ['t1', 'a'],
    });
    assert.deepEqual(alert.fields, { 'proc.name': 'x', team: 'soc' });
    assert.deepEqual(alert.tags, ['a', 't1', 't2']);
  });

  test("leave the sender's document alone", () => {
    const output_fields = { a: 1 };
    enriched({ customFields: { b: '2' } }, { output_fields });
    assert.deepEqual(output_fields, { a: 1 });
  });
});

describe('templated fields', () => {
  test('see the fields, custom and templated ones before them included', () => {
    const { alert, notes } = enriched({
      customFields: { team: 'soc' },
      templatedFields: {
        who: '{{ index . "proc.name" }} of {{ .team }}',
        shout: '{{ .who }}!',
        either: '{{ or (index . "x") "y" }}',
      },
    });
    assert.equal(alert.fields['who'], 'bash of soc');
    assert.equal(alert.fields['shout'], 'bash of soc!');
    assert.equal(alert.fields['either'], 'y');
    assert.deepEqual(notes, []);
  });

  test('that fail keep what they wrote until then, with a note, and cost no alert', () => {
    const { alert, notes } = enriched({
      templatedFields: { broken: 'before {{ index . 5 }} after', good: 'x' },
    });
    assert.deepEqual([alert.fields['broken'], alert.fields['good']], ['before ', 'x']);
    assert.deepEqual(
      notes.map(({ code, field }) => [code, field]),
      [['template_failed', 'broken']],
    );
  });

  test('are cut like any other field', () => {
    const { alert, truncated } = enriched(
      { templatedFields: { long: '{{ .a }}{{ .a }}' } },
      { output_fields: { a: 'x'.repeat(3000) } },
    );
    assert.deepEqual([alert.fields['long'], truncated], [`${'x'.repeat(4095)}…`, true]);
  });

  test('that do not compile are refused when the configuration is loaded', () => {
    assert.throws(() => enriched({ templatedFields: { a: '{{ .x' } }), { name: 'TemplateError' });
  });
});

describe('the bracket replacer', () => {
  test('replaces [ and drops ] where a name has a [', () => {
    const { alert } = enriched(
      { bracketReplacer: '_' },
      { output_fields: { 'proc.aname[2]': 'a', 'x[1][2]': 'b', 'y]': 'c', z: 'd' } },
    );
    assert.deepEqual(alert.fields, { 'proc.aname_2': 'a', x_1_2: 'b', 'y]': 'c', z: 'd' });
  });

  test('is text, not a pattern', () => {
    const { alert } = enriched({ bracketReplacer: '$&' }, { output_fields: { 'a[0]': 1 } });
    assert.deepEqual(alert.fields, { 'a$&0': 1 });
  });

  test('cannot make a name that reaches prototypes', () => {
    const { alert } = enriched(
      { bracketReplacer: '_' },
      { output_fields: { '[_proto__]': ['x'], a: 1 } },
    );
    assert.deepEqual(Object.keys(alert.fields), ['a']);
  });
});

describe('the output field format', () => {
  test('knows the parts of the line, the priority and the tags', () => {
    assert.equal(
      format('<timestamp>|<priority>|<output>|<tags>'),
      '16:31:56.746609046|Error|File opened|t1,t2',
    );
  });

  test('knows custom and templated fields, in the order they are configured', () => {
    const more = { customFields: { z: '1', a: '2' }, templatedFields: { t: '{{ .z }}!' } };
    assert.equal(
      format('<output> <custom_fields>(<templated_fields>)', more),
      'File opened z=1 a=2 (t=1! )',
    );
  });

  test('drops one each of the endings that empty parts leave', () => {
    assert.equal(format('<output> (<custom_fields>)'), 'File opened');
    assert.equal(format('<output> ( )'), 'File opened');
    assert.equal(format('<output>  '), 'File opened');
    assert.equal(format('<output>   '), 'File opened ');
  });

  test('leaves a line alone that has no Falco prefix', () => {
    for (const output of ['no prefix here', 'Error at 1.2: Bad thing', '16:31:56: Error x', '']) {
      assert.equal(format('X <output>', {}, { output }), output);
    }
  });

  test('takes the prefix in any case, and cuts the first two words wherever it stands', () => {
    assert.equal(format('X <output>', {}, { output: '1.5: ERROR x y' }), 'X x y');
    assert.equal(
      format('<timestamp>|<output>', {}, { output: 'a: b 1.5: Error x' }),
      'a|1.5: Error x',
    );
  });

  test('does not read tokens that an attacker writes into the output', () => {
    const output = '1.1: Error <tags> $& <output>';
    assert.equal(format('<output>', {}, { output }), '<tags> $& <output>');
  });

  test('takes time in proportion to the output', () => {
    const started = cpuMs();
    for (const output of [
      '1'.repeat(16_000),
      '1.'.repeat(8000),
      `${'1:'.repeat(4000)}.${'1'.repeat(8000)}`,
    ]) {
      assert.equal(format('X <output>', {}, { output }), output);
    }
    assert.ok(cpuMs() - started < 500);
  });
});
