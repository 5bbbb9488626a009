import { goJson } from '../json.ts';
import { Failure } from './errors.ts';
import type { Target } from './format-value.ts';
import { type Budget, createWriter } from './limits.ts';
import {
  isList,
  isMap,
  isNil,
  isNumeric,
  isStruct,
  kindOf,
  numberOf,
  numberText,
  ownValue,
  sortedKeys,
  typeName,
} from './value.ts';

/** A value as Go's `json.Marshal` writes it, and every digit of a number of the data. */
export function toJson(budget: Budget, value: unknown): string {
  const writer = createWriter(budget);
  writeValue({ writer, budget }, value);
  return writer.text();
}

function writeValue(target: Target, value: unknown): void {
  target.budget.charge(1);
  if (isList(value)) {
    writeEach(target, '[]', value, (item) => writeValue(target, item));
  } else if (isMap(value)) {
    const keys = sortedKeys(value);
    writeMembers(target, keys, (key) => ownValue(value, key));
  } else if (isStruct(value) && value.json === undefined && value.text === undefined) {
    writeMembers(target, [...value.fields.keys()], (key) => value.fields.get(key));
  } else {
    target.writer.write(scalarJson(value));
  }
}

function writeMembers(
  target: Target,
  keys: readonly string[],
  valueOf: (key: string) => unknown,
): void {
  target.budget.charge(keys.length);
  writeEach(target, '{}', keys, (key) => {
    target.writer.write(`${textJson(key)}:`);
    writeValue(target, valueOf(key));
  });
}

function writeEach<T>(
  { writer, budget }: Target,
  brackets: '[]' | '{}',
  items: readonly T[],
  write: (item: T) => void,
): void {
  budget.enter();
  writer.write(brackets.charAt(0));
  items.forEach((item, index) => {
    writer.write(index === 0 ? '' : ',');
    write(item);
  });
  writer.write(brackets.charAt(1));
  budget.leave();
}

function scalarJson(value: unknown): string {
  if (isNil(value)) {
    return 'null';
  }
  if (isStruct(value)) {
    return value.json?.() ?? textJson(value.text ?? '');
  }
  if (typeof value === 'string') {
    return textJson(value);
  }
  if (typeof value === 'boolean') {
    return String(value);
  }
  return numberJson(value);
}

function textJson(text: string): string {
  return goJson(text.toWellFormed());
}

/** A number of the data keeps its digits; only as a double can it be infinite, or none. */
function numberJson(value: unknown): string {
  const kind = kindOf(value);
  if (isNumeric(kind)) {
    const text = kind === 'float' ? String(numberOf(value)) : numberText(value);
    if (/\d/.test(text)) {
      return text;
    }
  }
  throw new Failure(`cannot write ${typeName(value)} as JSON; take it out of the data`);
}
