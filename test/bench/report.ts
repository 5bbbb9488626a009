/** One measured figure. */
export interface Row {
  readonly scenario: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: 'us' | 'x' | '/s' | 'ms' | 'MiB';
  /** The target: no more than this. */
  readonly atMost?: number | undefined;
  /** The least and the most of the rounds. */
  readonly spread?: readonly [number, number];
}

export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map((row) => (row.atMost === undefined ? row : { ...row, met: isMet(row) })),
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
    const value = `${format(row.value, row.unit)} ${row.unit}`.padStart(13);
    lines.push(`  ${row.figure.padEnd(30)}${value}  ${verdict(row)}${spreadOf(row)}`.trimEnd());
  }
  return lines.slice(1).join('\n');
}

function verdict(row: Row): string {
  if (row.atMost === undefined) return ''.padEnd(22);
  const target = `target ${row.atMost} ${row.unit}`;
  return `${target}: ${isMet(row) ? 'met' : 'MISSED'}`.padEnd(22);
}

function isMet({ value, atMost = Number.POSITIVE_INFINITY }: Row): boolean {
  return value <= atMost;
}

function spreadOf({ spread, unit }: Row): string {
  return spread === undefined ? '' : `  ${spread.map((value) => format(value, unit)).join(' to ')}`;
}

function format(value: number, unit: Row['unit']): string {
  const digits = { us: 1, x: 2, '/s': 0, ms: 1, MiB: 0 }[unit];
  return value.toFixed(digits);
}
