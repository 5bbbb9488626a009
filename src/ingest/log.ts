/** What the doors need of a logger; pino's has it. The text is static, what varies is in `fields`. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
