import { join } from 'node:path';
import { ControlError } from './contract.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the NUL at its end included. */
const PATH_BYTES_MAX = 103;

/**
 * Where the hub that keeps its queue in `directory` listens for the command line.
 *
 * @throws ControlError `socket_path_too_long`, because the system would cut the path off.
 */
export function controlSocketPath(directory: string): string {
  const path = join(directory, 'control.sock');
  const excess = Buffer.byteLength(path) - PATH_BYTES_MAX;
  if (excess <= 0) return path;
  throw new ControlError(
    'socket_path_too_long',
    `${path} is too long for a socket by ${excess} bytes: choose a shorter queue.directory.`,
  );
}
