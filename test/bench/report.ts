export type Unit = 'us' | 'x' | '/s' | 'ms' | 'MB';

/** One measured figure. */
export interface Figure {
  readonly scenario: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: Unit;
  /** The target: no more than this. */
  readonly atMost?: number | undefined;
  /** The target: no less than this. */
  readonly atLeast?: number | undefined;
  /** The least and the most of the rounds. */
  readonly spread?: readonly [number, number] | undefined;
}

/** What could not be measured here, and why. */
export interface Note {
  readonly scenario: string;
  readonly note: string;
}

export type Row = Figure | Note;

export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map((row) => ('note' in row || !hasTarget(row) ? row : { ...row, met: isMet(row) })),
    undefined,
    2,
  );
}

/** The target stands beside each figure that has one. */
export function toTable(rows: readonly Row[]): string {
  const lines: string[] = [];
  let scenario = '';
  for (const row of rows) {
    if (row.scenario !== scenario) {
      ({ scenario } = row);
      lines.push('', scenario);
    }
    lines.push('note' in row ? `  ${row.note}` : figureLine(row));
  }
  return lines.slice(1).join('\n');
}

function figureLine(row: Figure): string {
  const value = `${format(row.value, row.unit)} ${row.unit}`.padStart(13);
  return `  ${row.figure.padEnd(36)}${value}  ${verdict(row)}${spreadOf(row)}`.trimEnd();
}

function verdict(row: Figure): string {
  const { atMost, atLeast, unit } = row;
  if (!hasTarget(row)) return ''.padEnd(26);
  const bar = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`;
  return `target ${bar} ${unit}: ${isMet(row) ? 'met' : 'MISSED'}`.padEnd(26);
}

function hasTarget({ atMost, atLeast }: Figure): boolean {
  return atMost !== undefined || atLeast !== undefined;
}

function isMet({ value, atMost = Infinity, atLeast = -Infinity }: Figure): boolean {
  return value <= atMost && value >= atLeast;
}

function spreadOf({ spread, unit }: Figure): string {
  return spread === undefined ? '' : `  ${spread.map((value) => format(value, unit)).join(' to ')}`;
}

function format(value: number, unit: Unit): string {
  const digits = { us: 1, x: 2, '/s': 0, ms: 1, MB: 0 }[unit];
  return value.toFixed(digits);
}
