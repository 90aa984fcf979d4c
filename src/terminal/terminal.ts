/** How a piece of text is painted. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where something for a person is written. */
export interface Terminal {
  /** Columns of the terminal; undefined: it is none, and nothing is fitted. */
  readonly width?: number;
  /** Lines of the terminal. */
  readonly height?: number;
  /** Each row of a table is one line, and what has no room in it is left out. */
  readonly clipped?: boolean;
  readonly paint: (style: Style | undefined, text: string) => string;
}

/** A file or a pipe: no colours, lines as long as they are. */
export const PLAIN: Terminal = { paint: (_style, text) => text };
