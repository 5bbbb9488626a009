import { writeFile } from 'node:fs/promises';
import { COMMANDS } from './commands.ts';
import { EXIT_MEANINGS } from './exit.ts';

/** The text of this folder's README. */
export function readme(): string {
  return `# The command line

<!-- Written by \`node src/cli/readme.ts\`. -->

Every command has \`--help\`; every one but \`serve\` has \`--json\`, which prints one JSON document
with stable keys (times are milliseconds since 1970). What a sender wrote is printed with control
and bidirectional characters escaped. Colours appear on a terminal only, and not with \`NO_COLOR\`.

Commands that ask a running hub find its \`control.sock\` in the queue directory:
\`--queue-directory\`, else \`TOCSIN_QUEUE_DIRECTORY\`, else the configuration named by \`-c\` or
\`TOCSIN_CONFIG\`, else \`/var/lib/tocsin\`. Each replica has a queue of its own, so each answers
for itself only.

| command | what it does |
|---|---|
| \`serve [--pid-file <file>]\` | Run the hub. This is the default, also for \`-c FILE\` alone. |
${COMMANDS.map(rowOf).join('\n')}

| exit code | meaning |
|---|---|
${Object.entries(EXIT_MEANINGS)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}
`;
}

function rowOf({ name, summary, arguments: args = {}, options = {} }: (typeof COMMANDS)[number]) {
  const optional = Object.keys(options).map((flags) => `[${flags}]`);
  return `| \`${[name, ...Object.keys(args), ...optional].join(' ')}\` | ${summary} |`;
}

/** Where it is kept. */
export const README_URL = new URL('README.md', import.meta.url);

if (import.meta.main) await writeFile(README_URL, readme());
