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
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of json.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    const isEmpty = closes && (before === '{' || before === '[');
    if (closes) depth -= 1;
    if (closes ? !isEmpty : before === '{' || before === '[' || before === ',') out += newLine();
    out += token === ':' ? ': ' : token;
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return out;
}
