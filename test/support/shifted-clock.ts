/**
 * Flags for a Node whose clock is ahead, in all its threads: days change when a test wants it.
 * Timers are not moved by it.
 */
export function shiftedClock(byMs: number): string[] {
  const code = `
    const Real = Date;
    const now = () => Real.now() + ${byMs};
    globalThis.Date = class Date extends Real {
      constructor(...parts) {
        super(...(parts.length === 0 ? [now()] : parts));
      }
      static now = now;
    };`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}
