import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** The system's way to resolve a name. */
export type SystemLookup = (host: string, options: LookupAllOptions, callback: Callback) => void;

/**
 * A lookup of which each name has one under way at most: whoever asks meanwhile gets the same answer.
 * The system's lookup holds one of a few threads for as long as the name server is silent, so many
 * attempts for one such name would leave none for the names of others.
 */
export function createSharedLookup(system: SystemLookup = lookup): SystemLookup {
  const waiting = new Map<string, Callback[]>();
  return (host, options, callback) => {
    const key = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(callback);
      return;
    }
    const all = [callback];
    waiting.set(key, all);
    system(host, options, (error, addresses) => {
      waiting.delete(key);
      for (const one of all) one(error, addresses);
    });
  };
}

/** For the whole process, whose threads they are. */
export const sharedLookup = createSharedLookup();
