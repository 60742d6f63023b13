/** What the browser and the server pass to each other of a component: its public properties. */
export type Data = Record<string, unknown>

/** A cart, as the shop shows it. */
export interface ShownCart {
  readonly total: string
  readonly items: readonly { readonly id: string; readonly name: string; readonly price: string }[]
}

/** What the shop behind the components knows of whoever asks. */
export interface ShopOfVisitor {
  /** Their cart; an empty one where nobody is logged in. */
  readonly cart: () => Promise<ShownCart>
}

/** What a method of a component has at hand. */
export interface Called {
  readonly data: Data
  readonly shop: ShopOfVisitor
  /** `$this->dispatch(…)`, with `->self()` or `->to(…)`. */
  readonly dispatch: (name: string, params?: object, whom?: { readonly self?: boolean; readonly to?: string }) => void
  /** `$this->redirect(…)`. */
  readonly redirect: (url: string) => void
}

/** A public method. */
export type Method = (called: Called, ...params: readonly unknown[]) => unknown

/** A Livewire component: what its PHP class and its Blade view would be. */
export interface ServerComponent {
  /** Fills its public properties. @default none */
  readonly mount?: (shop: ShopOfVisitor) => Data | Promise<Data>
  /** `#[On]`: what each event calls. */
  readonly on?: Readonly<Record<string, Method>>
  readonly methods?: Readonly<Record<string, Method>>
  /** What `#[Isolate]`, `#[Reactive]` and `#[Modelable]` make the server note: `isolate`, `props`, `bindings`. */
  readonly memo?: object
  /** The view: one element. `<livewire:NAME />` in it is a child, with `lazy` one that is loaded when it is seen, whose element is a div. */
  readonly view: (data: Data) => string
}

/** By their names. */
export type ServerComponents = Readonly<Record<string, ServerComponent>>
