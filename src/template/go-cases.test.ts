import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Alert } from '../alert.ts';
import { alertTemplateData, compileTemplate, TemplateError } from './index.ts';

/**
 * What Go itself makes of these templates. The expected results were written by a small Go 1.26.8
 * program that executes each template with `text/template`: `values` with Go's int and float64,
 * `fields` with `json.Number`, `alert` with a struct as Falcosidekick's, and with functions of
 * Alertmanager's and Sprig's names. Both kinds of Go's errors are recorded, not their texts.
 */
const file = new URL('../../test/data/go-template-cases.json', import.meta.url);
const table = readTable(readFileSync(file, 'utf8'));

for (const name of ['values', 'fields', 'alert'] as const) {
  test(`templates over ${name} give what Go gives, or fail where Go fails`, () => {
    const cases = table.cases.filter((entry) => entry.data === name);
    assert.ok(cases.length > 10);
    const data = name === 'alert' ? alertTemplateData(table.data.alert) : table.data[name];
    for (const { template, output, error, partial } of cases) {
      const expected = error === undefined ? { output } : { error, partial };
      assert.deepEqual({ template, ...run(template, data) }, { template, ...expected });
    }
  });
}

interface Table {
  readonly data: { readonly values: unknown; readonly fields: unknown; readonly alert: Alert };
  readonly cases: readonly {
    readonly data: string;
    readonly template: string;
    readonly output?: string;
    readonly error?: string;
    readonly partial?: string;
  }[];
}

/** Integers that a double cannot hold keep their digits, as they do in an alert. */
function readTable(text: string): Table {
  const parse = JSON.parse as (text: string, revive: Reviver) => Table;
  return parse(text, (_key, value, { source }) => {
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? JSON.rawJSON(source ?? '')
      : value;
  });
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

function run(template: string, data: unknown): Record<string, string | undefined> {
  try {
    return { output: compileTemplate(template).execute(data) };
  } catch (error) {
    assert.ok(error instanceof TemplateError, String(error));
    const { code, partial } = error;
    return { error: code, partial: code === 'template_syntax' ? undefined : partial };
  }
}
