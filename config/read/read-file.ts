import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a text file of at most `bytesMax`. Only regular files, because a pipe could make the hub
 * wait for ever. Instead of throwing it says in a few words why it could not.
 */
export async function readTextFile(
  file: string,
  bytesMax: number,
): Promise<{ readonly text: string } | { readonly refused: string }> {
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) return { refused: 'it is not a regular file' };
    const stream = handle.createReadStream({ end: bytesMax, autoClose: false });
    const bytes = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>));
    if (bytes.length > bytesMax) return { refused: `it is larger than ${bytesMax / 1024} KiB` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return {
      refused: reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? 'it fails to be read',
    };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of the path is a file',
  EACCES: 'the hub may not read it',
  EPERM: 'the hub may not read it',
  ELOOP: 'its links go in a circle',
  ENXIO: 'it is not a regular file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
};
