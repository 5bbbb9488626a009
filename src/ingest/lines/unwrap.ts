import { unwrapCri, unwrapDocker } from './containers.ts';
import { unwrapJournal } from './journal.ts';
import type { UnwrappedLine } from './line.ts';
import { unwrapSyslog } from './syslog.ts';

/**
 * Takes away what container runtimes, the journal and syslog put around a line. One wrapping only: a
 * program's text is data, whatever it looks like. `nowMs`, in ms since 1970, completes a date that
 * has no year.
 */
export function unwrapLine(line: string, nowMs: number): UnwrappedLine {
  const wrapped =
    line[0] === '{'
      ? (unwrapDocker(line) ?? unwrapJournal(line))
      : (unwrapCri(line) ?? unwrapSyslog(line, nowMs));
  return wrapped ?? { text: line, isPart: false, stream: '', hostname: '' };
}
