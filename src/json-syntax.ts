/**
 * Where a text stops being JSON (RFC 8259): the index of the first character that cannot stand
 * there, or the text's length when it ends too early. `JSON.parse` gives no position for most
 * mistakes and quotes the body in its errors, so this reads a refused text again to tell the sender
 * where to look. It recurses once per level: bound the nesting first.
 */
export function syntaxErrorPosition(text: string): number {
  const cursor: Cursor = { text, at: 0 };
  if (readValue(cursor)) skipSpace(cursor);
  return cursor.at;
}

interface Cursor {
  readonly text: string;
  at: number;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** Each reader moves the cursor behind what it read, or to the mistake, and says which. */
function readValue(cursor: Cursor): boolean {
  skipSpace(cursor);
  const first = cursor.text[cursor.at];
  if (first === '{') return readList(cursor, '}', readMember);
  if (first === '[') return readList(cursor, ']', readValue);
  if (first === '"') return readString(cursor);
  return skip(cursor, SCALAR);
}

function readList(cursor: Cursor, close: string, readItem: (cursor: Cursor) => boolean): boolean {
  cursor.at++;
  if (skipCharacter(cursor, close)) return true;
  do {
    if (!readItem(cursor)) return false;
  } while (skipCharacter(cursor, ','));
  return skipCharacter(cursor, close);
}

function readMember(cursor: Cursor): boolean {
  skipSpace(cursor);
  return readString(cursor) && skipCharacter(cursor, ':') && readValue(cursor);
}

function readString(cursor: Cursor): boolean {
  const { text } = cursor;
  if (text[cursor.at] !== '"') return false;
  cursor.at++;
  while (cursor.at < text.length && text[cursor.at] !== '"') {
    if (text[cursor.at] === '\\') {
      if (!skip(cursor, ESCAPE)) return false;
    } else if (text.charCodeAt(cursor.at) < 0x20) return false;
    else cursor.at++;
  }
  if (cursor.at === text.length) return false;
  cursor.at++;
  return true;
}

function skipCharacter(cursor: Cursor, character: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function skipSpace(cursor: Cursor): void {
  skip(cursor, SPACE);
}

function skip(cursor: Cursor, pattern: RegExp): boolean {
  pattern.lastIndex = cursor.at;
  if (!pattern.test(cursor.text)) return false;
  cursor.at = pattern.lastIndex;
  return true;
}
