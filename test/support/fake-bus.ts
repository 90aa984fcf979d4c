import type {
  Bus,
  BusCall,
  BusListener,
  BusMessage,
  BusName,
  BusReply,
  BusRule,
  PortSubscription,
} from '../../src/core/ports.ts';

/** What a faked service answers. */
export type FakeService = (call: BusCall) => BusReply | Promise<BusReply>;

const NOBODY: FakeService = ({ service }) => ({
  how: 'error',
  name: 'org.freedesktop.DBus.Error.ServiceUnknown',
  message: `nobody owns ${service}`,
});

/** Buses that answer as told, and can be away. */
export class FakeBus implements Bus {
  readonly calls: BusCall[] = [];
  readonly subscriptions = new Set<{
    readonly bus: BusName;
    readonly rule: BusRule;
    readonly listener: BusListener;
  }>();
  service: FakeService = NOBODY;
  #up = true;

  async call(call: BusCall): Promise<BusReply> {
    this.calls.push(call);
    return this.#up ? this.service(call) : { how: 'disconnected', reason: 'the bus is not there' };
  }
  subscribe(bus: BusName, rule: BusRule, listener: BusListener): PortSubscription {
    const subscription = { bus, rule, listener };
    this.subscriptions.add(subscription);
    if (this.#up) listener.subscribed();
    else listener.lost('the bus is not there');
    return {
      ready: Promise.resolve(),
      close: () => {
        this.subscriptions.delete(subscription);
      },
    };
  }

  /** The bus ends. */
  goDown(): void {
    this.#up = false;
    for (const { listener } of this.subscriptions) listener.lost('the bus has ended');
  }
  /** The bus is there again. */
  comeBack(): void {
    this.#up = true;
    for (const { listener } of this.subscriptions) listener.subscribed();
  }
  /** A signal; rules are compared by interface, member, path and sender. */
  emit(message: Partial<BusMessage>): void {
    if (!this.#up) return;
    const whole: BusMessage = {
      type: 'signal',
      sender: ':1.7',
      path: '/',
      interface: 'org.example.Test',
      member: 'Happened',
      destination: '',
      body: [],
      ...message,
    };
    for (const { rule, listener } of [...this.subscriptions])
      if (
        (['interface', 'member', 'path', 'sender'] as const).every(
          (key) => !rule.keys.has(key) || rule.keys.get(key) === whole[key],
        )
      )
        listener.message(whole);
  }
}
