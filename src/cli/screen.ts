import { styleText } from 'node:util';
import { escapeTerminal } from '../escape.ts';
import type { Environment, Terminal } from './context.ts';
import { type Column, columnWidths, fit, wrap } from './layout.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** A piece of text with how it looks on a terminal that has colours. */
export type Text = string | { readonly text: string; readonly style?: Style | undefined };

export interface Row {
  readonly cells: readonly Text[];
  /** Stands indented below the row. */
  readonly below?: Text;
}

/**
 * Where commands print. All text is made safe here and nowhere else: whatever a caller passes, it
 * cannot move the cursor, change colours or begin a line of its own.
 */
export interface Screen {
  line(...parts: readonly Text[]): void;
  /** Wrapped at the screen's width, every line indented; `first` stands before the first one. */
  paragraph(text: Text, indent?: number, first?: string): void;
  table(columns: readonly Column[], rows: readonly Row[]): void;
  /** One document, for scripts. */
  json(value: unknown): void;
  /** A line on stderr: what is not the answer itself. */
  note(text: string): void;
}

interface Options {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly env: Environment;
}

const WIDTH_MIN = 40;
const WIDTH_DEFAULT = 80;

export function createScreen({ stdout, stderr, env }: Options): Screen {
  const isColourful = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  // What goes into a file or a pipe is not cut.
  const width = stdout.isTTY
    ? Math.max(WIDTH_MIN, stdout.columns ?? WIDTH_DEFAULT)
    : Number.POSITIVE_INFINITY;
  const paint: Paint = (safe, style) =>
    isColourful && style ? styleText(style, safe, { validateStream: false }) : safe;
  const print = (safe: string): void => void stdout.write(`${safe}\n`);

  function paragraph(text: Text, indent = 0, first = ''): void {
    const [head = '', ...rest] = wrap(safeText(text), width - indent);
    print(first.padEnd(indent) + paint(head, styleOf(text)));
    for (const line of rest) print(' '.repeat(indent) + paint(line, styleOf(text)));
  }

  return {
    line: (...parts) => print(parts.map((part) => paint(safeText(part), styleOf(part))).join('')),
    paragraph,
    table(columns, rows) {
      const titles = columns.map(({ title }): Text => ({ text: title, style: 'dim' }));
      const cells = [titles, ...rows.map((row) => row.cells)];
      const widths = columnWidths(
        columns,
        cells.map((row) => row.map(safeText)),
        width,
      );
      for (const [at, row] of cells.entries()) {
        for (const line of rowLines(columns, widths, row, paint)) print(line);
        const below = rows[at - 1]?.below;
        if (below !== undefined) paragraph(below, 2);
      }
    },
    json: (value) => print(jsonText(value)),
    note: (text) => void stderr.write(`${escapeTerminal(text)}\n`),
  };
}

type Paint = (safe: string, style: Style | undefined) => string;

/** One row of a table; more than one line where its last cell wraps. */
function rowLines(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly Text[],
  paint: Paint,
): string[] {
  const last = columns.length - 1;
  const cell = (at: number): Text => cells[at] ?? '';
  const before = columns
    .slice(0, last)
    .map(({ align }, at) => paint(fit(safeText(cell(at)), widths[at]!, align), styleOf(cell(at))));
  const indent = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const { wraps, align } = columns[last]!;
  const text = safeText(cell(last));
  const ending = wraps ? wrap(text, widths[last]!) : [fit(text, widths[last]!, align)];
  return ending.map((part, line) => {
    const painted = paint(part.trimEnd(), styleOf(cell(last)));
    return line === 0 ? [...before, painted].join('  ').trimEnd() : ' '.repeat(indent) + painted;
  });
}

function safeText(part: Text): string {
  return escapeTerminal(typeof part === 'string' ? part : part.text);
}

function styleOf(part: Text): Style | undefined {
  return typeof part === 'string' ? undefined : part.style;
}

/** What JSON leaves as it is and a terminal acts on. */
const HOSTILE_IN_JSON = /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    HOSTILE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
