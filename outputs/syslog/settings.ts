import { type Static, Type } from 'typebox';
import { type Address, addressOf, checkAddress } from '../../src/output/address.ts';
import { ALERT_FORMATS, FORMATS_TEXT } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';
import { bytes, flag, settingsSchema, text, textLike } from '../../src/output/settings.ts';

/** By their number (RFC 5424, 6.2.1). */
export const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  ...Array.from({ length: 8 }, (_, n) => `local${n}`),
] as const;

export const schema = settingsSchema({
  address: text('The server, `host` or `host:port`. Without a port: 6514 with tls, else 514.'),
  transport: Type.Enum(['tls', 'tcp', 'udp'], {
    description: 'How lines get there. Whatever is sent by udp may be lost on the way.',
    default: 'tls',
  }),
  framing: Type.Enum(['counted', 'lines'], {
    description:
      'How the server knows where a message ends, but with udp. counted: each has its length before it (RFC 5425, RFC 6587). lines: a line break.',
    default: 'counted',
  }),
  standard: Type.Enum(['rfc5424', 'rfc3164'], {
    description: 'Which header a message has. rfc3164 is the old one, of BSD.',
    default: 'rfc5424',
  }),
  isoTime: flag(
    'Whether the header of rfc3164 has its time as rfc5424 has it, with year and zone; else `Nov 29 02:24:57`, in UTC.',
    false,
  ),
  format: Type.Enum([...ALERT_FORMATS, 'cef', 'leef', 'text'], {
    description: `What the message is. ${FORMATS_TEXT} cef: ArcSight's Common Event Format. leef: LEEF 2.0 for QRadar, with ^ between attributes. text: the output line alone.`,
    default: 'falco',
  }),
  facility: Type.Enum([...FACILITIES], { description: 'Facility.', default: 'local0' }),
  appName: textLike('Program that the header names.', '^[!-~]{1,48}$', 'falco'),
  bytesMax: bytes({
    description:
      'How long a message may be. Where it would be longer, texts of the alert are cut, and then its fields are left out. rsyslog takes 8 KiB by default, syslog-ng 64 KiB.',
    default: '8KiB',
  }),
  confirm: flag(
    'Whether each batch has a connection of its own, and counts as delivered when the server has closed it: then it has read everything. Not with udp.',
    false,
  ),
});

/** Defaults filled in. */
export type SyslogSettings = Static<typeof schema>;

/** What every receiver should take (RFC 5424, 6.1). */
const BYTES_MIN = 2048;
/** What a datagram holds over IPv4. */
const DATAGRAM_BYTES_MAX = 65_507;
const BYTES_MAX = 1024 * 1024;

/** What the schema cannot say. */
export function mistakesIn(settings: SyslogSettings): Mistake[] {
  const { address, transport, bytesMax, confirm } = settings;
  const mistakes = checkAddress('address', address, usualPort(transport));
  const most = transport === 'udp' ? DATAGRAM_BYTES_MAX : BYTES_MAX;
  if (bytesMax < BYTES_MIN || bytesMax > most) {
    mistakes.push({ path: 'bytesMax', message: `must be from ${BYTES_MIN} to ${most} bytes` });
  }
  if (confirm && transport === 'udp') {
    mistakes.push({ path: 'confirm', message: 'is not possible with udp, which has no answers' });
  }
  return mistakes;
}

function usualPort(transport: SyslogSettings['transport']): number {
  return transport === 'tls' ? 6514 : 514;
}

/** Checked when the configuration was loaded. */
export function targetOf({ address, transport }: SyslogSettings): Address {
  return addressOf(address, usualPort(transport)) as Address;
}
