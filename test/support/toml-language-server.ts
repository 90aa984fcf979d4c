import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type RpcMessage, TaploLsp } from '@taplo/lsp';

/** What the server says is wrong: line and column from 1, and the message. */
export interface Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A place in a document, from 0. */
interface Place {
  readonly line: number;
  readonly character: number;
}

interface RawDiagnostic {
  readonly range: { readonly start: Place };
  readonly message: string;
  readonly severity: number;
}

const unreachable = (): never => {
  throw new Error('the server is not to reach outside');
};

/** The language server behind Even Better TOML, as an editor drives it. Documents are texts with a path. */
export class TomlLanguageServer {
  readonly #lsp: TaploLsp;
  readonly #answers = new Map<number, (message: RpcMessage) => void>();
  readonly #diagnosed = new Map<string, (found: readonly RawDiagnostic[]) => void>();
  #last = 0;

  private constructor(lsp: (onMessage: (message: RpcMessage) => void) => TaploLsp) {
    this.#lsp = lsp((message) => this.#receive(message));
  }

  /** @param folder the workspace. */
  static async start(folder: string): Promise<TomlLanguageServer> {
    let receive: (message: RpcMessage) => void = () => undefined;
    const lsp = await TaploLsp.initialize(
      {
        cwd: () => folder,
        envVar: () => undefined,
        envVars: () => [],
        findConfigFile: () => undefined,
        glob: () => [],
        isAbsolute,
        now: () => new Date(),
        readFile: async (path) => {
          if (!existsSync(path)) throw new Error(`${path} is not there`);
          return readFile(path);
        },
        writeFile: unreachable,
        stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
        stdErrAtty: () => false,
        stdin: process.stdin,
        stdout: process.stdout,
        // It asks for paths of other schemes as well.
        urlToFilePath: (url) => (url.startsWith('file:') ? fileURLToPath(url) : url),
        fetch: { fetch: unreachable, Headers, Request, Response },
      },
      { onMessage: (message) => receive(message) },
    );
    const server = new TomlLanguageServer((onMessage) => {
      receive = onMessage;
      return lsp;
    });
    await server.#ask('initialize', {
      capabilities: {},
      rootUri: pathToFileURL(folder).href,
      processId: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
      initializationOptions: { cachePath: null },
    });
    server.#lsp.send({ jsonrpc: '2.0', method: 'initialized', params: {} });
    return server;
  }

  #receive(message: RpcMessage): void {
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params as { uri: string; diagnostics: readonly RawDiagnostic[] };
      this.#diagnosed.get(uri)?.(diagnostics);
    } else if (message.method === 'workspace/configuration')
      this.#lsp.send({ jsonrpc: '2.0', id: message.id!, result: [{ schema: { enabled: true, catalogs: [] } }] });
    else if (message.method === undefined) this.#answers.get(Number(message.id))?.(message);
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error ? reject(new Error(JSON.stringify(error))) : resolve(result),
      );
      this.#lsp.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** Opens a document, and returns what is wrong with it: each message once, where it begins. */
  async open(path: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = pathToFileURL(path).href;
    const found = await new Promise<readonly RawDiagnostic[]>((resolve) => {
      // First those of the syntax, then those of repeated keys, at last those of the schema; none after the first that there are.
      let sent = 0;
      this.#diagnosed.set(uri, (diagnostics) => {
        sent += 1;
        if (diagnostics.length > 0 || sent === 3) resolve(diagnostics);
      });
      this.#lsp.send({
        jsonrpc: '2.0',
        method: 'textDocument/didOpen',
        params: { textDocument: { uri, languageId: 'toml', version: 1, text } },
      });
    });
    const first = new Map<string, Diagnostic>();
    for (const { range, message } of found)
      if (!first.has(message))
        first.set(message, { line: range.start.line + 1, column: range.start.character + 1, message });
    return [...first.values()];
  }

  #at(path: string, line: number, column: number): object {
    const position = { line: line - 1, character: column - 1 };
    return { textDocument: { uri: pathToFileURL(path).href }, position };
  }

  /** What the server shows about the key or value at a place of an open document. */
  async hover(path: string, line: number, column: number): Promise<string> {
    const found = (await this.#ask('textDocument/hover', this.#at(path, line, column))) as {
      contents: { value: string };
    } | null;
    return found?.contents.value ?? '';
  }

  /** What the server offers at a place of an open document. */
  async complete(path: string, line: number, column: number): Promise<readonly string[]> {
    const found = (await this.#ask('textDocument/completion', this.#at(path, line, column))) as { label: string }[];
    return found.map(({ label }) => label);
  }

  close(): void {
    this.#lsp.dispose();
  }
}
