import { type ComputedRef, computed, getCurrentInstance, onMounted, type ShallowRef, shallowRef } from 'vue'

/**
 * The value as a component shows it: the server's until a component that is being hydrated is mounted, then, and in any other at
 * once, the real one. Read-only.
 */
export const shownOf = <Value>(real: ShallowRef<Value>, onServer: Value): ComputedRef<Value> => {
  const instance = getCurrentInstance()
  // Vue tells hydration by the same sign: there is an element before there was a rendering (runtime-core's renderer.ts). Not all of
  // it happens while the app is mounted: what is async or lazy is hydrated later.
  const isHydrating = shallowRef(!!instance?.vnode.el && !instance.isMounted)
  if (isHydrating.value) {
    onMounted(() => {
      isHydrating.value = false
    })
  }
  return computed(() => (isHydrating.value ? onServer : real.value))
}
