/** The limit of a Falcosidekick pod, under which the tests of the image run. */
const ENOUGH_MIB = 128;

/**
 * What to tell an operator whose container has little memory.
 *
 * @param limitBytes As `process.constrainedMemory()` has it: 0, or a huge number, where nothing limits.
 */
export function memoryWarning(limitBytes: number): string | undefined {
  const mib = Math.floor(limitBytes / 1024 / 1024);
  if (limitBytes <= 0 || mib >= ENOUGH_MIB) return undefined;
  return `The container may have ${mib} MiB of memory; a burst of alerts needs up to ${ENOUGH_MIB}: raise its limit.`;
}
