/** An item of When, as its export has it. */
export type WhenItem = Readonly<Record<string, unknown>>;

/** The items of a file, in order. */
export interface WhenItems {
  readonly tasks: readonly WhenItem[];
  readonly conditions: readonly WhenItem[];
  readonly handlers: readonly WhenItem[];
}
