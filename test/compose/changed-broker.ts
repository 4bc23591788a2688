import type { Broker } from '../../agent/edges/broker/broker.ts';

/** A broker that does some things in another way. */
export function changed(broker: Broker, change: Partial<Broker>): Broker {
  return new Proxy(broker, {
    get(target, name) {
      const own: unknown = Reflect.get(change, name);
      const value: unknown = own ?? Reflect.get(target, name, target);
      return typeof value === 'function' && own === undefined ? value.bind(target) : value;
    },
  });
}
