import { StoreError } from '../store/store-error.ts';

export type OnStoreError = (code: string) => void;

/**
 * A port of a store whose failures are counted; calls, answers and errors are the port's own. `code` is the stable word of a
 * `StoreError`, and `other` for anything else.
 */
export function countStoreErrors<Port extends object>(port: Port, onError: OnStoreError): Port {
  const told = (error: unknown): never => {
    onError(error instanceof StoreError ? error.code : 'other');
    throw error;
  };
  const methods = new Map<PropertyKey, unknown>();
  return new Proxy(port, {
    get(target, name) {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const counted = (...args: readonly unknown[]): unknown => {
        let answer: unknown;
        try {
          answer = Reflect.apply(value, target, args);
        } catch (error) {
          return told(error);
        }
        return answer instanceof Promise ? answer.catch(told) : answer;
      };
      methods.set(name, counted);
      return counted;
    },
  });
}
