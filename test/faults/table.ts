import type { Matrix } from './matrix.ts';
import type { Row } from './rows.ts';

/** Columns: a title, and what stands in them. */
const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string | number])[] = [
  ['row', ({ fault }) => fault],
  ['way', ({ way }) => way],
  ['sent', ({ sent }) => sent],
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['delivered', ({ delivered }) => delivered],
  ['dead', ({ dead }) => dead],
  ['suppressed', ({ suppressed }) => suppressed],
  ['lost', ({ lost }) => lost],
  ['duplicated', ({ duplicated }) => duplicated],
  ['longest wait', ({ longestWaitMs }) => `${(longestWaitMs / 1000).toFixed(1)} s`],
];
/** The columns before these are words. */
const FIRST_FIGURE = 2;

/** The table, and below it what a row has to say, what is broken, and what could not run. */
export function toTable({ rows, missing }: Matrix): string {
  const lines = [COLUMNS.map(([title]) => title), ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, i) =>
        i < FIRST_FIGURE ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const notes = rows
    .filter(({ note }) => note !== '')
    .map(({ fault, note }) => `${fault}: ${note}`);
  const broken = rows.flatMap(({ fault, way, broken }) =>
    broken.map((text) => `BROKEN ${fault} (${way}): ${text}`),
  );
  const lost = rows.filter((row) => row.lost > 0);
  return [
    ...table,
    ...section('Figures', [...new Set(notes)]),
    ...section('Could not run here', missing),
    ...section('Broken promises', broken),
    '',
    `${rows.length} rows, ${lost.length} with a loss, ${broken.length} broken promises.`,
  ].join('\n');
}

function cellsOf(row: Row): string[] {
  return COLUMNS.map(([, cell]) => String(cell(row)));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
