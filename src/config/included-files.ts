import type { IncludedPaths, IncludePattern } from '../core/spec.ts';
import type { Path } from './problem.ts';

/** A file of a configuration. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** Where an item is: the file, and its number among those of the section there. */
export interface Home {
  readonly source: SourceFile;
  readonly index: number;
}
/** By section, for each item of the whole. */
export type Homes = Readonly<Record<'task' | 'condition' | 'event', readonly Home[]>>;

/** The files that a configuration includes, and where each item of the whole is. */
export class IncludedFiles {
  readonly main: SourceFile;
  readonly files: readonly SourceFile[];
  /** What `include` says, also where it fits nothing. */
  readonly patterns: readonly IncludePattern[];
  /** The entries of `include` that fit nothing. */
  readonly empty: ReadonlySet<number>;
  /** By section, for each item of the whole. */
  readonly #homes: Homes;

  constructor(
    main: SourceFile,
    files: readonly SourceFile[],
    patterns: readonly IncludePattern[],
    homes: Homes,
    empty: ReadonlySet<number>,
  ) {
    this.main = main;
    this.files = files;
    this.patterns = patterns;
    this.#homes = homes;
    this.empty = empty;
  }

  get watched(): IncludedPaths {
    return { files: this.files.map(({ file }) => file), patterns: this.patterns };
  }
  /** Where a place of the whole is. */
  homeOf(path: Path): { readonly source: SourceFile; readonly path: Path } {
    const [section, index, ...rest] = path;
    const home =
      typeof index === 'number' && Object.hasOwn(this.#homes, section!)
        ? this.#homes[section as keyof Homes][index]
        : undefined;
    return home ? { source: home.source, path: [section!, home.index, ...rest] } : { source: this.main, path };
  }
  /** The file of a place, if it is not the main one. */
  fileOf(path: Path): string | undefined {
    const { source } = this.homeOf(path);
    return source === this.main ? undefined : source.file;
  }
  /** The text of a file by its name. */
  source(file: string | undefined): SourceFile {
    return this.files.find((one) => one.file === file) ?? this.main;
  }
  /** Where a file comes in the order in which they are read. */
  rank(file: string | undefined): number {
    return this.files.findIndex((one) => one.file === file);
  }
}
