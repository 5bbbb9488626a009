/** Reads the parts of a Markdown text that tests hold it to: code, links, headings, tables. */

const CODE = /^```(.*)\n([\s\S]*?)^```$/gm;

/** What stands in the blocks whose first line is exactly this, such as `sh runnable`. */
export function codeBlocks(text: string, info: string): string[] {
  return [...text.matchAll(CODE)]
    .filter(([, first]) => first === info)
    .map(([, , code = '']) => code);
}

/** Targets of links, as they are written: `../README.md#what-it-costs`. */
export function linkTargets(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What a heading can be linked by, as GitHub makes it. */
export function anchors(text: string): Set<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)];
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
  return new Set(headings.map(([, heading = '']) => anchorOf(heading)));
}

/** Cells of the table rows between `<!-- name -->` and `<!-- /name -->`, without the head. */
export function tableRows(text: string, name: string): string[][] {
  const [, rest = ''] = text.split(`<!-- ${name} -->`);
  const [table = ''] = rest.split(`<!-- /${name} -->`);
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(CODE, '');
}
