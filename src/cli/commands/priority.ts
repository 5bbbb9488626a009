import { isAtLeast, type Priority, priorityTitle } from '../../alert.ts';
import type { Style, Text } from '../screen.ts';

/** `Critical`, in a colour that fits. */
export function priorityText(priority: Priority): Text {
  return { text: priorityTitle(priority), style: styleOf(priority) };
}

function styleOf(priority: Priority): Style | undefined {
  if (isAtLeast(priority, 'error')) return 'red';
  return isAtLeast(priority, 'warning') ? 'yellow' : undefined;
}
