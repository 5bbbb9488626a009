/**
 * CPU time that this process has taken, in ms: what a call costs, also on a machine that others keep
 * busy.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
