/** What one executable file, made by `scripts/binary.mjs`, has in the place of the files that belong to the program. */
interface Inside {
  /** Texts by name, as `lua-worker.cjs` and `man/whenever.1`. */
  readonly texts: Readonly<Record<string, () => string>>;
}

const inside = (globalThis as { readonly [key: symbol]: Inside | undefined })[Symbol.for('whenever.inside')];

/** Where this program is, be it one executable or a launcher for Node. */
export const thisProgram = {
  /** Texts inside the executable by name; undefined: they are files beside this one. */
  texts: inside?.texts,
  /** The executable and the launcher that it is given; one executable needs none. */
  paths: (): { readonly node: string; readonly program: string } => ({
    node: process.execPath,
    program: inside ? process.execPath : process.argv[1]!,
  }),
};

/** The words that start the program. One executable stands in both places. */
export const startWords = ({
  node,
  program,
}: {
  readonly node: string;
  readonly program: string;
}): readonly string[] => (node === program ? [program] : [node, program]);
