/** The style of a text. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'inverse';

/** The output that text is formatted for. */
export interface Terminal {
  /** Columns; undefined: it is not a terminal, and text is not fitted. */
  readonly width?: number;
  /** Lines. */
  readonly height?: number;
  /** Each row of a table is one line; text that does not fit is cut off. */
  readonly clipped?: boolean;
  /** Whether it shows characters beyond ASCII. */
  readonly unicode?: boolean;
  readonly paint: (style: Style | undefined, text: string) => string;
}

/** A file or a pipe: no colours, lines as long as they are. */
export const PLAIN: Terminal = { paint: (_style, text) => text };
