import { type Alert, severityOf } from '../../src/alert.ts';
import { alertDocument } from '../../src/output/alert-document.ts';
import type { Delivery } from '../../src/output/define.ts';
import { oneLine, truncateBytes } from '../../src/output/format.ts';
import { fitted } from '../../src/output/rewrite.ts';
import { cefLine, leefLine } from '../../src/output/siem-line.ts';
import { epochMs } from '../../src/output/time.ts';
import { tokenOf } from '../../src/output/tokens.ts';
import { FACILITIES, type SyslogSettings } from './settings.ts';

/** One message, header and all, on one line. */
export function messageOf(delivery: Delivery, settings: SyslogSettings): string {
  const header = headerOf(delivery.alert, settings);
  const bytesMax = settings.bytesMax - Buffer.byteLength(header);
  const body = fitted(delivery, bytesMax, (one) => bodyOf(one, settings));
  // A text has no structure that a cut could break; nor is it likely to be too long still.
  return header + truncateBytes(body, bytesMax);
}

/** The same as it goes over a connection: RFC 6587, 3.4.1 and 3.4.2. */
export function framed(message: string, framing: SyslogSettings['framing']): string {
  return framing === 'lines' ? `${message}\n` : `${Buffer.byteLength(message)} ${message}`;
}

function bodyOf(delivery: Delivery, { format }: SyslogSettings): string {
  if (format === 'cef') return cefLine(delivery.alert);
  if (format === 'leef') return leefLine(delivery.alert);
  if (format === 'text') return oneLine(delivery.alert.output);
  return alertDocument(delivery, format);
}

function headerOf(alert: Alert, settings: SyslogSettings): string {
  const { standard, facility, appName, isoTime } = settings;
  const priority = `<${FACILITIES.indexOf(facility) * 8 + severityOf(alert.priority)}>`;
  const host = printable(alert.hostname, HOST_CHARS_MAX);
  if (standard === 'rfc3164') {
    const time = isoTime ? isoTimeOf(alert.time) : bsdTimeOf(alert.time);
    return `${priority}${time} ${host} ${appName}: `;
  }
  const id = tokenOf(alert.rule).slice(0, MSGID_CHARS_MAX);
  return `${priority}1 ${isoTimeOf(alert.time)} ${host} ${appName} - ${id} - `;
}

/** RFC 5424, 6. */
const HOST_CHARS_MAX = 255;
const MSGID_CHARS_MAX = 32;

/** Printable ASCII without spaces, or the sign for nothing. */
function printable(text: string, charsMax: number): string {
  const safe = text.replaceAll(/[^!-~]+/g, '_').slice(0, charsMax);
  return safe === '' ? '-' : safe;
}

/** RFC 5424 has six digits of a second at most. */
function isoTimeOf(time: string): string {
  return time.replace(/(\.\d{6})\d+/, '$1');
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Nov  9 02:24:57` */
function bsdTimeOf(text: string): string {
  const time = new Date(epochMs(text));
  const day = String(time.getUTCDate()).padStart(2, ' ');
  return `${MONTHS[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)}`;
}
