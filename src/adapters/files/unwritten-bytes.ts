/** Texts are encoded together when so many characters have come. */
const BATCH = 1 << 16;
/** Bytes and pieces that are written at once. The system takes no more than 1,024 pieces. */
const BYTES_AT_ONCE = 1 << 20;
const PIECES_AT_ONCE = 256;

/** Bytes to write. */
interface QueuedBytes {
  readonly bytes: Uint8Array;
  /** Of records. */
  readonly count: number;
  /** Called when they are written. */
  readonly written?: (() => void) | undefined;
}
/** Something to do between two writes. */
interface QueuedAction {
  readonly act: () => void;
}

/** What waits to be written, in order. Texts that come one by one become one piece. */
export class UnwrittenBytes {
  #queue: (QueuedBytes | QueuedAction)[] = [];
  #offset = 0;
  #texts: string[] = [];
  #length = 0;
  #count = 0;
  #bytes = 0;

  /** Bytes and characters. */
  get waiting(): number {
    return this.#bytes - this.#offset + this.#length;
  }
  /** Bytes of the next piece that are written already. */
  get offset(): number {
    return this.#offset;
  }
  /** What is next. */
  get next(): QueuedBytes | QueuedAction | undefined {
    if (this.#queue.length === 0) this.#encode();
    return this.#queue[0];
  }

  /** What is left of the next piece, and so many pieces after it that there are about `wanted` bytes, at the most a MiB. */
  together(wanted: number): readonly Uint8Array[] {
    const together: Uint8Array[] = [];
    const limit = Math.min(wanted, BYTES_AT_ONCE);
    let bytes = -this.#offset;
    for (const piece of this.#queue) {
      if ('act' in piece || together.length === PIECES_AT_ONCE) break;
      if (together.length > 0 && bytes >= limit) break;
      together.push(together.length === 0 ? piece.bytes.subarray(this.#offset) : piece.bytes);
      bytes += piece.bytes.length;
    }
    return together;
  }

  add(piece: string | Uint8Array, count: number, written?: () => void): void {
    if (typeof piece === 'string') {
      this.#texts.push(piece);
      this.#length += piece.length;
      this.#count += count;
      if (this.#length >= BATCH) this.#encode();
    } else {
      this.#encode();
      this.#push({ bytes: piece, count, written });
    }
  }
  addAction(act: () => void): void {
    this.#encode();
    this.#queue.push({ act });
  }
  /** Does what is next. */
  perform(next: QueuedAction): void {
    this.#queue.shift();
    next.act();
  }
  /** Comes before everything else. */
  first(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.unshift({ bytes, count: 0 });
    this.#bytes += bytes.length;
  }
  /** So many bytes are written. */
  advance(written: number): void {
    this.#offset += written;
    for (let [piece] = this.#queue; piece && 'bytes' in piece; [piece] = this.#queue) {
      if (this.#offset < piece.bytes.length) return;
      this.#queue.shift();
      this.#bytes -= piece.bytes.length;
      this.#offset -= piece.bytes.length;
      piece.written?.();
    }
  }
  /** The next piece goes to another file: what is written of it comes again, or the line that was cut. */
  restart(lines: boolean): void {
    const [piece] = this.#queue;
    if (this.#offset === 0 || piece === undefined || 'act' in piece) return;
    const bytes = Buffer.from(piece.bytes);
    const from = lines ? bytes.lastIndexOf(10, this.#offset - 1) + 1 : 0;
    this.#queue[0] = { bytes: bytes.subarray(from), count: piece.count };
    this.#bytes -= from;
    this.#offset = 0;
  }
  /** Forgets everything. Returns how many records that were. */
  clear(): number {
    this.#encode();
    let lost = 0;
    for (const piece of this.#queue) {
      if (!('act' in piece)) lost += Math.ceil(piece.count * (1 - this.#offset / piece.bytes.length));
      this.#offset = 0;
    }
    this.#queue = [];
    this.#bytes = 0;
    this.#offset = 0;
    return lost;
  }

  #encode(): void {
    if (this.#texts.length === 0) return;
    this.#push({ bytes: Buffer.from(this.#texts.join('')), count: this.#count });
    this.#texts = [];
    this.#length = 0;
    this.#count = 0;
  }
  #push(piece: QueuedBytes): void {
    if (piece.bytes.length === 0) return;
    this.#queue.push(piece);
    this.#bytes += piece.bytes.length;
  }
}
