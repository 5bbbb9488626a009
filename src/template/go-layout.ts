/** An instant and the offset it is shown with. */
export interface Time {
  readonly epochSeconds: number;
  readonly nanoseconds: number;
  readonly offsetSeconds: number;
}

/** The date and the clock at the time's own place, to be read with the UTC methods. */
export function localDate({ epochSeconds, offsetSeconds }: Time): Date {
  return new Date((epochSeconds + offsetSeconds) * 1000);
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * Go's `Time.Format` (pkg.go.dev/time#pkg-constants): the layout shows how the reference time,
 * Mon Jan 2 15:04:05 MST 2006, would be written.
 */
export function formatGoLayout(time: Time, layout: string): string {
  const local = localDate(time);
  return layout.replaceAll(PART, (part) => {
    const format = DATE_PARTS[part];
    if (format !== undefined) {
      return format(local);
    }
    return part.startsWith('.') || part.startsWith(',')
      ? fraction(time.nanoseconds, part)
      : zone(time.offsetSeconds, part);
  });
}

/** Longer parts first. A fraction is one only if no other digit follows. */
const PART = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|PM|pm',
    '002|0[1-6]|2006|__2|_2(?!006)|15|[1-5]',
    '[-Z]07(?:0000|:00:00|00|:00)?',
    '[.,](?:0+|9+)(?!\\d)',
  ].join('|'),
  'g',
);

const DATE_PARTS: Readonly<Record<string, (local: Date) => string>> = {
  '2006': (local) => padded(local.getUTCFullYear(), 4),
  '06': (local) => padded(local.getUTCFullYear() % 100, 2),
  January: monthName,
  Jan: (local) => monthName(local).slice(0, 3),
  '01': (local) => padded(local.getUTCMonth() + 1, 2),
  '1': (local) => String(local.getUTCMonth() + 1),
  Monday: dayName,
  Mon: (local) => dayName(local).slice(0, 3),
  '02': (local) => padded(local.getUTCDate(), 2),
  _2: (local) => String(local.getUTCDate()).padStart(2),
  '2': (local) => String(local.getUTCDate()),
  '002': (local) => padded(dayOfYear(local), 3),
  __2: (local) => String(dayOfYear(local)).padStart(3),
  '15': (local) => padded(local.getUTCHours(), 2),
  '03': (local) => padded(hourOfHalf(local), 2),
  '3': (local) => String(hourOfHalf(local)),
  '04': (local) => padded(local.getUTCMinutes(), 2),
  '4': (local) => String(local.getUTCMinutes()),
  '05': (local) => padded(local.getUTCSeconds(), 2),
  '5': (local) => String(local.getUTCSeconds()),
  PM: (local) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (local) => (local.getUTCHours() < 12 ? 'am' : 'pm'),
};

function monthName(local: Date): string {
  return MONTHS[local.getUTCMonth()] ?? '';
}

function dayName(local: Date): string {
  return DAYS[local.getUTCDay()] ?? '';
}

function hourOfHalf(local: Date): number {
  return local.getUTCHours() % 12 || 12;
}

function dayOfYear(local: Date): number {
  const start = new Date(local);
  start.setUTCMonth(0, 1);
  return Math.round((local.getTime() - start.getTime()) / 86_400_000) + 1;
}

/** `.000` has all its digits, `.999` ends with the last that is not zero, or is not there. */
function fraction(nanoseconds: number, part: string): string {
  const digits = padded(nanoseconds, 9).slice(0, part.length - 1);
  const kept = part.includes('9') ? digits.replace(/0+$/, '') : digits;
  return kept === '' ? '' : part.charAt(0) + kept;
}

/** `MST`, which a plain offset has no name for, `-0700` or `Z07:00` and their kin. */
function zone(offsetSeconds: number, part: string): string {
  if (offsetSeconds === 0 && (part === 'MST' || part.startsWith('Z'))) {
    return part === 'MST' ? 'UTC' : 'Z';
  }
  const seconds = Math.abs(offsetSeconds);
  const numbers = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = part === 'MST' ? '-0700' : part;
  const count = (shown.replaceAll(':', '').length - 1) / 2;
  const separator = shown.includes(':') ? ':' : '';
  const sign = offsetSeconds < 0 ? '-' : '+';
  return (
    sign +
    numbers
      .slice(0, count)
      .map((number) => padded(number, 2))
      .join(separator)
  );
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
