/** Reads mails as a mail program does, as far as ours go: RFC 5322, 2045 to 2047. */

export interface ParsedMail {
  /** Unfolded and decoded, by lower-case name, in the order they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Lines end with LF. */
  readonly text: string;
  readonly html: string | undefined;
}

/** Takes a mail of one text part, or of text and HTML as alternatives. */
export function parseMail(data: string): ParsedMail {
  const { headers, body } = entityOf(data);
  const [, boundary] = /boundary="?([^";]+)"?/.exec(first(headers, 'content-type')) ?? [];
  if (boundary === undefined) return { headers, text: decodedBody(headers, body), html: undefined };
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => entityOf(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const [text, html] = ['text/plain', 'text/html'].map((type) => {
    const part = parts.find(({ headers }) => first(headers, 'content-type').startsWith(type));
    return part && decodedBody(part.headers, part.body);
  });
  return { headers, text: text ?? '', html };
}

/** The only value of a header; fails the caller's comparison when there are several. */
export function headerOf({ headers }: ParsedMail, name: string): string {
  return (headers.get(name) ?? []).join('\n');
}

/** What a reader sees of HTML: no markup, one line per table row. */
export function shownText(html: string): string {
  return html
    .replaceAll(/<(?:head|style)>.*?<\/(?:head|style)>/gs, '')
    .replaceAll(/<\/tr>|<\/p>|<br>/g, '\n')
    .replaceAll(/<\/td>/g, '\t')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

interface Entity {
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

function entityOf(data: string): Entity {
  const end = data.indexOf('\r\n\r\n');
  const head = data.slice(0, end).replaceAll(/\r\n(?=[ \t])/g, '');
  const headers = new Map<string, string[]>();
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), decodedWords(line.slice(colon + 1).trim())]);
  }
  return { headers, body: data.slice(end + 4) };
}

function first(headers: Entity['headers'], name: string): string {
  return headers.get(name)?.[0] ?? '';
}

function decodedBody(headers: Entity['headers'], body: string): string {
  const encoding = first(headers, 'content-transfer-encoding').toLowerCase();
  const bytes = (DECODERS[encoding] ?? ((text) => Buffer.from(text)))(body);
  return bytes.toString().replaceAll('\r\n', '\n');
}

const DECODERS: Readonly<Record<string, (text: string) => Buffer>> = {
  base64: (text) => Buffer.from(text, 'base64'),
  'quoted-printable': (text) => quotedPrintable(text.replaceAll('=\r\n', '')),
};

function quotedPrintable(text: string): Buffer {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

/** `=?UTF-8?Q?…?=`; blanks between two of them do not count. */
function decodedWords(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(?==\?)/g, '$1')
    .replaceAll(/(?:=\?UTF-8\?[QB]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat([...words.matchAll(WORD)].map(wordBytes)).toString(),
    );
}

const WORD = /=\?UTF-8\?([QB])\?([^?]*)\?=/gi;

function wordBytes([, encoding, text = '']: RegExpExecArray): Buffer {
  if (encoding?.toUpperCase() === 'B') return Buffer.from(text, 'base64');
  return quotedPrintable(text.replaceAll('_', ' '));
}
