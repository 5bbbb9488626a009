import type { Alert } from '../../src/alert.ts';
import { compilePath, MappingError } from '../../src/ingest/mapping/path.ts';
import { ExpressionError, ExpressionFailure } from '../../src/route/errors.ts';
import { compileExpression } from '../../src/route/expression.ts';
import { compileTemplate, TemplateError } from '../../src/template/index.ts';
import { grownTexts, type GrowingInput, type Parser } from './parser.ts';

/** What operators write, over what attackers write; and what operators write, as long as it may be. */

const paths: Parser = {
  name: 'paths of mappings',
  inputs: grownTexts(['$', "$['", '$["', '$[', '$.'], ['a', '.a', '[0]', "['a']", '[*]', "'", '0']),
  read(input) {
    try {
      return compilePath(input.toString())({ a: [[1]] });
    } catch (error) {
      if (error instanceof MappingError) return error;
      throw error;
    }
  },
};

/** Long values, one in each of the places that an alert has. */
const VALUES = ['a', ' ', '<', '"', '\\', 'a,', '\u00e9', '\ud83d\ude00'];

function overValues(sources: readonly string[]): GrowingInput[] {
  return sources.flatMap((source) =>
    VALUES.map((value) => ({
      what: JSON.stringify([source, value]),
      make: (chars: number) =>
        Buffer.from(JSON.stringify({ source, value: value.repeat(chars / value.length) })),
    })),
  );
}

interface Over {
  readonly source: string;
  readonly value: string;
}

/** As many elements as a list of an alert may have, and more. */
function listOf(value: string): string[] {
  return value.match(/[^]{1,16}/gu) ?? [];
}

const TEMPLATES = [
  '{{ .text }}',
  '{{ .text | html }}{{ .text | js }}{{ .text | urlquery }}',
  '{{ printf "%q %v %x %s %.3s" .text .text .text .text .text }}',
  '{{ len .text }}{{ slice .text 1 2 }}',
  '{{ range $i, $e := .list }}{{ $i }}{{ $e }},{{ end }}',
  '{{ range .list }}{{ range $.list }}x{{ end }}{{ end }}',
  '{{ index .list 3 }}{{ .list }}',
  '{{ if eq .text "a" }}b{{ else }}c{{ end }}',
];

const templates: Parser = {
  name: 'templates',
  inputs: [
    ...overValues(TEMPLATES),
    ...grownTexts(
      ['', '{{', '{{ "', '{{ if 1 }}'],
      ['a', '{{ . }}', '(', '|', '"', '{{/* */}}'],
    ).map(({ what, make }) => ({
      what,
      make: (chars: number) =>
        Buffer.from(JSON.stringify({ source: make(chars).toString(), value: 'a' })),
    })),
  ],
  read(input) {
    const { source, value } = JSON.parse(input.toString()) as Over;
    try {
      return compileTemplate(source).execute({ text: value, list: listOf(value) });
    } catch (error) {
      if (error instanceof TemplateError) return error;
      throw error;
    }
  },
};

const EXPRESSIONS = [
  'output.matches("(a*)*b")',
  'output.matches("^(a|a)*$") || output.matches(".*.*.*=.*")',
  'output.contains("aaaaab") || output.startsWith("b") || output.endsWith("b")',
  'output.size() > 5 && output + output == "x"',
  'tags.exists(t, t.matches("(a+)+b"))',
  'tags.all(t, tags.exists(u, u == t))',
  'fields["list"].exists(x, x == "b") || "b" in fields["list"]',
  'output.lowerAscii() == "b" || output.split(",").size() > 3',
];

function alertWith(value: string): Alert {
  return {
    uuid: '0198f0c2-5d2e-7cc0-a1f2-000000000001',
    time: '2026-11-03T10:00:00.123456789Z',
    priority: 'warning',
    rule: 'R',
    source: 'syscall',
    output: value,
    fields: { list: listOf(value), text: value },
    tags: listOf(value),
    hostname: 'node-1',
    receivedAt: '2026-11-03T10:00:01.000Z',
    ingest: { input: 'http', agent: 'falco', peer: '192.0.2.1' },
  };
}

const cel: Parser = {
  name: 'CEL',
  inputs: overValues(EXPRESSIONS),
  read(input) {
    const { source, value } = JSON.parse(input.toString()) as Over;
    try {
      return compileExpression(source).test(alertWith(value));
    } catch (error) {
      if (error instanceof ExpressionFailure || error instanceof ExpressionError) return error;
      throw error;
    }
  },
};

export const languages: readonly Parser[] = [paths, templates, cel];
