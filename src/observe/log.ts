import { type DestinationStream, type Logger, pino } from 'pino';
import { escapeTerminal } from '../escape.ts';

export type { Logger } from 'pino';

export interface LogSettings {
  readonly level: string;
  readonly format: 'auto' | 'json' | 'pretty';
}

/**
 * The hub's log: to stderr, since stdout belongs to the stdout output. Every line passes `redact`
 * last, whatever a library put into it.
 */
export function createLog(settings: LogSettings, redact: (text: string) => string): Logger {
  const pretty =
    settings.format === 'pretty' || (settings.format === 'auto' && process.stderr.isTTY);
  const stream: DestinationStream = {
    write(line) {
      process.stderr.write(redact(pretty ? prettyLine(line) : line));
    },
  };
  return pino(
    { level: settings.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  );
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
};

/** `12:00:01.234 warn  The text. key=value`: what attackers wrote cannot move the cursor. */
function prettyLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as {
    level: number;
    time: string;
    msg?: string;
  } & Record<string, unknown>;
  const rest = Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const name = (LEVELS[level] ?? String(level)).padEnd(5);
  return `${time.slice(11, 23)} ${name} ${escapeTerminal(`${msg ?? ''}${rest}`)}\n`;
}
