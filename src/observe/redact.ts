/** Takes the configuration's secrets out of every text that leaves the hub. */

/** Shorter ones would take ordinary words apart; such a secret protects nothing anyway. */
const SECRET_LENGTH_MIN = 4;
const MASK = '***';
/** What stands where a text was cut. */
const CUT = '…';
/** So much of a secret is no word by chance, nor the scheme of a URL. */
const BEGINNING_LENGTH_MIN = 9;

export class Redactor {
  #pattern: RegExp | undefined;

  /** Secrets add up: one that was replaced by a reload may still stand in an old error. */
  readonly #secrets = new Set<string>();

  add(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      for (const form of formsOf(secret)) {
        if (form.length >= SECRET_LENGTH_MIN) this.#secrets.add(form);
      }
    }
    // The longest first, or a secret that begins like another leaves its end behind.
    const ordered = [...this.#secrets].sort((a, b) => b.length - a.length);
    const source = ordered.map((secret) => RegExp.escape(secret)).join('|');
    this.#pattern = source === '' ? undefined : new RegExp(source, 'g');
  }

  redact = (text: string): string => {
    if (this.#pattern === undefined) return text;
    const safe = text.replace(this.#pattern, MASK);
    return safe.endsWith(CUT) ? this.#withoutBeginning(safe.slice(0, -CUT.length)) + CUT : safe;
  };

  /** A text that was cut may end with the beginning of a secret. */
  #withoutBeginning(text: string): string {
    for (const secret of this.#secrets) {
      const longest = Math.min(secret.length - 1, text.length);
      for (let length = longest; length >= BEGINNING_LENGTH_MIN; length -= 1) {
        if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + MASK;
      }
    }
    return text;
  }
}

/** As it is, as a URL or JSON writes it, as Basic sends it, and the parts of a URL alone. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    encoded(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
  const url = URL.parse(secret);
  return url === null ? forms : [...forms, ...partsOf(url)];
}

/** Of a query only what is too long for a version or a flag. */
const QUERY_VALUE_LENGTH_MIN = 8;

function partsOf({ pathname, search, username, password }: URL): string[] {
  const values = search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
    .filter((value) => value.length >= QUERY_VALUE_LENGTH_MIN);
  // A user without a password is one: a key, a token.
  const raw = [password === '' ? username : password, ...values];
  return [pathname + search, pathname, ...raw, ...raw.map(decoded)];
}

/** A secret is any text: half a character, or a per cent sign in a password. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
