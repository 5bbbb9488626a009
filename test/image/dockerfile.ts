import { readFileSync } from 'node:fs';

/** What the last stage of the Dockerfile makes of a container. */
export interface ImageContract {
  /** What its last stage begins with, as a reader gets it who sets no argument. */
  readonly base: string;
  readonly user: string;
  /** Commands of the last stage: without a shell there can be none. */
  readonly commands: readonly string[];
  /** From a path of the build stage to one of the image. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly entrypoint: readonly string[];
}

/** Reads the few instructions the Dockerfile uses, so that what is tested is what is shipped. */
export function readDockerfile(): ImageContract {
  const text = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const stage = text.slice(text.lastIndexOf('\nFROM '));
  const all = (instruction: string): string[] =>
    [...stage.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest]) => rest!);
  const [from = ''] = all('FROM');
  return {
    base: from === '${RUNTIME}' ? (/^ARG RUNTIME=(.*)$/m.exec(text)?.[1] ?? '') : from,
    user: all('USER').at(-1) ?? 'root',
    commands: all('RUN'),
    copies: all('COPY').map(copyOf),
    environment: Object.fromEntries(all('ENV').map(variableOf)),
    workingDirectory: all('WORKDIR').at(-1) ?? '/',
    entrypoint: JSON.parse(all('ENTRYPOINT').at(-1) ?? '[]') as string[],
  };
}

function copyOf(rest: string): { from: string; to: string } {
  const [from = '', to = ''] = rest.split(' ').filter((word) => !word.startsWith('--'));
  return { from, to };
}

function variableOf(rest: string): [string, string] {
  const [, name = '', value = ''] = /^(\w+)="?(.*?)"?$/.exec(rest) ?? [];
  return [name, value];
}
