// System colours follow the page's `color-scheme`, in browsers without light-dark() too. The frame is there from the start, with the live
// region in it, and is nothing to see until it is open.
const CSS = `
:host{display:block}
:host(:not([inline])){font:var(--cart-echo-notice-font,400 1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);text-align:start}
[part~=root]{all:unset;box-sizing:border-box;display:block;position:relative;--away:var(--cart-echo-notice-inset,1rem);--round:var(--cart-echo-notice-radius,.75rem);--line:var(--cart-echo-notice-border,#c9ccd1);--sheet:var(--cart-echo-notice-background,Canvas);--ink:var(--cart-echo-notice-color,CanvasText);--mark:var(--cart-echo-notice-accent,#b45309)}
@supports (color:light-dark(#000,#fff)){[part~=root]{--line:var(--cart-echo-notice-border,light-dark(#d4d7dc,#454a51));--sheet:var(--cart-echo-notice-background,light-dark(#fff,#1f2226));--ink:var(--cart-echo-notice-color,light-dark(#1b1f24,#f1f3f5));--mark:var(--cart-echo-notice-accent,light-dark(#b45309,#f5b14c))}}
:host(:not([inline])) [part~=root]{position:fixed;z-index:var(--cart-echo-notice-z-index,2147483000);inline-size:min(var(--cart-echo-notice-width,25rem),100vw - 2*var(--away));inset-inline-end:max(var(--away),env(safe-area-inset-right));inset-block-end:max(var(--away),env(safe-area-inset-bottom))}
:host([position=bottom-start]:not([inline])) [part~=root]{inset-inline:max(var(--away),env(safe-area-inset-left)) auto}
:host([position=top]:not([inline])) [part~=root]{inset-block:max(var(--away),env(safe-area-inset-top)) auto;inset-inline:0;margin-inline:auto}
[part~=open]{display:grid;grid-template-columns:minmax(0,1fr) auto;align-items:start;max-block-size:60vh;overflow:auto;padding-block:.35rem;padding-inline:1.75rem .35rem;border:1px solid var(--line);border-radius:var(--round);background:var(--sheet);color:var(--ink)}
:host(:not([inline])) [part~=open]{box-shadow:var(--cart-echo-notice-shadow,0 1px 2px #0002,0 8px 28px #0003)}
[part~=open]::before{content:"";position:absolute;inset-block:.9rem;inset-inline-start:.75rem;inline-size:.25rem;border-radius:1rem;background:var(--mark)}
[part~=label]{position:absolute;inline-size:1px;block-size:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[part~=open] [part~=message]{padding-block:.6rem}
p{margin:0;overflow-wrap:anywhere;text-align:-webkit-match-parent;text-align:match-parent}
p+p{margin-block-start:.2rem}
[part~=headline]{font-weight:600}
[part~=total]{font-weight:600;font-variant-numeric:tabular-nums}
[part~=more]{font-size:.875em}
slot{display:block;grid-column:1}
::slotted(*){margin-block-end:.6rem}
[part~=close]{all:unset;box-sizing:border-box;grid-area:1/2;display:grid;place-items:center;min-inline-size:44px;min-block-size:44px;border-radius:calc(var(--round) - .3rem);cursor:pointer;font-size:1.5em;line-height:1}
[part~=close]:hover{background:color-mix(in srgb,currentColor 10%,transparent)}
[part~=close]:focus-visible{outline:3px solid var(--mark);outline-offset:-3px}
[hidden]{display:none!important}
@media (prefers-reduced-motion:no-preference){[part~=open]{animation:come .22s ease-out}@keyframes come{from{opacity:0;translate:0 .5rem}}}
@media (forced-colors:active){[part~=open]::before{forced-color-adjust:none;background:CanvasText}[part~=close]:focus-visible{outline-color:Highlight}}
@media print{:host{display:none!important}}
`

/**
 * The notice's own style. Constructed, not written into the page: no policy stands in its way. Null in browsers that cannot (Safari before 16.4,
 * https://caniuse.com/mdn-api_cssstylesheet_cssstylesheet): what is said is more than how it looks.
 */
export const createStyle = (): CSSStyleSheet | null => {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
    return sheet
  } catch {
    return null
  }
}
