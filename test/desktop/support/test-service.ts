import { createClient, type MessageBus, Variant } from 'dbus-native';

const NAME = 'org.example.Test';
const PATH = '/org/example/Test';

const text = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    typeof v === 'bigint' ? `${v}n` : v instanceof Variant ? { v: v.signature, is: v.value } : v,
  );

/** What the methods of the service answer, by name: signature and body. */
const ANSWERS: Readonly<Record<string, readonly [string, unknown]>> = {
  Byte: ['y', 7],
  Int16: ['n', -7],
  Uint16: ['q', 7],
  Int32: ['i', -70_000],
  Uint32: ['u', 70_000],
  Int64: ['x', -(2n ** 62n)],
  Uint64: ['t', 2n ** 63n + 1n],
  Double: ['d', 1.5],
  Whole: ['d', 2],
  True: ['b', true],
  Text: ['s', 'hello world'],
  Path: ['o', '/org/example'],
  Signature: ['g', 'a{sv}'],
  Bytes: ['ay', Buffer.from([1, 2, 3])],
  Uints: ['au', [1, 2, 3]],
  Doubles: ['ad', [1.5, 2.5]],
  Booleans: ['ab', [false, false]],
  Texts: ['as', ['a', 'b']],
  Paths: ['ao', ['/a', '/b']],
  Variants: ['av', [new Variant('s', 'a'), new Variant('u', 5)]],
  Nothing: ['as', []],
  Dict: [
    'a{sv}',
    [
      ['name', new Variant('s', 'x')],
      ['deep', new Variant('a{sv}', [['list', new Variant('ai', [4, 5])]])],
    ],
  ],
  PathDict: ['a{oi}', [['/a', 1]]],
  NumberDict: ['a{us}', [[1, 'one']]],
  Struct: ['(si)', ['s', 3]],
  Nested: ['v', new Variant('v', new Variant('(sas)', ['x', ['y', 'z']]))],
};

/** A service with a method for every type, a slow one, one that fails, and signals. */
export class TestService {
  /** Serials of the calls it has had. */
  calls = 0;
  readonly #client: MessageBus;

  private constructor(client: MessageBus) {
    this.#client = client;
    const method = (name: string, signature: string, run: (...args: unknown[]) => unknown) =>
      client.setMethodCallHandler(PATH, NAME, name, [
        (...args: unknown[]) => {
          this.calls += 1;
          return run(...args);
        },
        signature,
      ]);
    for (const [name, [signature, value]] of Object.entries(ANSWERS)) method(name, signature, () => value);
    method('Two', 'su', () => ['first', 2]);
    method('Empty', '', () => null);
    method('Slow', 's', () => new Promise(() => {}));
    method('Fails', 's', () => {
      throw Object.assign(new Error('as told'), { dbusName: 'org.example.Error.AsTold' });
    });
    // The signature and the values of whatever it is given.
    method('Describe', 's', (...args) => {
      const message = args.pop() as { signature?: string };
      return `${message.signature ?? ''} ${text(args)}`;
    });
  }

  /** Connects and takes its name. */
  static async start(address: string): Promise<TestService> {
    const client = createClient({ busAddress: address, returnBigInt: true, variants: 'wrap' });
    client.connection.on('error', () => {});
    const service = new TestService(client);
    await client.requestName(NAME, 0);
    return service;
  }

  emit(member: string, signature = '', body: readonly unknown[] = []): void {
    this.#client.sendSignal(PATH, NAME, member, signature, [...body]);
  }
  /** The name goes to nobody. */
  async releaseName(): Promise<void> {
    await this.#client.releaseName(NAME);
  }
  async stop(): Promise<void> {
    await this.#client.close();
  }
}
