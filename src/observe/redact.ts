/** Takes the configuration's secrets out of every text that leaves the hub. */

/** Shorter ones would take ordinary words apart; such a secret protects nothing anyway. */
const SECRET_LENGTH_MIN = 4;
const MASK = '***';

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

  redact = (text: string): string =>
    this.#pattern === undefined ? text : text.replace(this.#pattern, MASK);
}

/** As it is, as a URL or JSON writes it, as Basic sends it, and a URL's path alone. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
  if (!URL.canParse(secret)) return forms;
  const { pathname, search, password } = new URL(secret);
  return [...forms, pathname + search, pathname, decodeURIComponent(password)];
}
