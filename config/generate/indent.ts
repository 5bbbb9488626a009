/**
 * JSON, or several documents of it in lines, as people read it. Tokens stay as they are, for a parser
 * would change the digits of numbers. Other text is left alone.
 */
export function indented(text: string): string {
  const lines = text.trim().split('\n');
  return lines.every(isJson) ? lines.map(indentedLine).join('\n') : text.trim();
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function indentedLine(json: string): string {
  let depth = 0;
  let out = '';
  let before = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (CLOSES.has(token)) depth -= 1;
    if (startsLine(token, before)) out += `\n${'  '.repeat(depth)}`;
    out += token === ':' ? ': ' : token;
    if (OPENS.has(token)) depth += 1;
    before = token;
  }
  return out;
}

const OPENS: ReadonlySet<string> = new Set(['{', '[']);
const CLOSES: ReadonlySet<string> = new Set(['}', ']']);

/** Empty lists and objects stay on their line. */
function startsLine(token: string, before: string): boolean {
  if (CLOSES.has(token)) return !OPENS.has(before);
  return OPENS.has(before) || before === ',';
}
