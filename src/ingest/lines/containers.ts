import { parseObject, streamOf, type UnwrappedLine, writtenAt } from './line.ts';

/**
 * `2026-08-11T00:04:09.123456789Z stdout F text`: what containerd and CRI-O write (Kubernetes, CRI
 * logging format). `P` instead of `F`: the line goes on; more tags may follow after colons.
 */
const CRI =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::[^ ]{0,64})?(?: |$)/;

export function unwrapCri(line: string): UnwrappedLine | undefined {
  const match = CRI.exec(line);
  if (match === null) return undefined;
  const [head, second, fraction = '', zone, stream = '', tag] = match;
  return {
    text: line.slice(head.length),
    isPart: tag === 'P',
    stream,
    hostname: '',
    ...writtenAt(Date.parse(`${second}${fraction.slice(0, 4)}${zone}`)),
  };
}

/** As Docker's json-file driver begins each line. */
const DOCKER = '{"log":"';

/** `{"log":"text\n","stream":"stdout","time":"…"}`; without the line feed, the line goes on. */
export function unwrapDocker(line: string): UnwrappedLine | undefined {
  if (!line.startsWith(DOCKER)) return undefined;
  const { log, stream, time, rule } = parseObject(line) ?? {};
  if (typeof log !== 'string' || typeof stream !== 'string' || rule !== undefined) return undefined;
  const isPart = !log.endsWith('\n');
  return {
    text: isPart ? log : log.replace(/\r?\n$/, ''),
    isPart,
    stream: streamOf(stream),
    hostname: '',
    ...writtenAt(typeof time === 'string' ? Date.parse(time) : Number.NaN),
  };
}
