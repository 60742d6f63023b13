const APART = ':not([inline]:not([inline=false]))'
const FLOATING = `:host(${APART})`

// System colours follow the page's `color-scheme`, in browsers without light-dark() too. Lengths go by a size of type of the notice's own: pages set
// another on `<html>`, so that a rem is ten pixels. A floating one takes no place in the layout of what is around it.
const CSS = `
:host{display:block}
${FLOATING}{position:fixed;font:var(--cart-echo-notice-font,400 medium/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif);text-align:start}
[part~=root]{all:unset;box-sizing:border-box;display:block;position:relative;pointer-events:auto;--away:var(--cart-echo-notice-inset,1em);--round:var(--cart-echo-notice-radius,.75em);--line:var(--cart-echo-notice-border,#c9ccd1);--sheet:var(--cart-echo-notice-background,Canvas);--ink:var(--cart-echo-notice-color,CanvasText);--mark:var(--cart-echo-notice-accent,#b45309)}
@supports (color:light-dark(#000,#fff)){[part~=root]{--line:var(--cart-echo-notice-border,light-dark(#d4d7dc,#454a51));--sheet:var(--cart-echo-notice-background,light-dark(#fff,#1f2226));--ink:var(--cart-echo-notice-color,light-dark(#1b1f24,#f1f3f5));--mark:var(--cart-echo-notice-accent,light-dark(#b45309,#f5b14c))}}
${FLOATING} [part~=root]{position:fixed;z-index:var(--cart-echo-notice-z-index,2147483000);inline-size:min(var(--cart-echo-notice-width,25em),100vw - 2*var(--away));inset-inline-end:max(var(--away),env(safe-area-inset-right));inset-block-end:max(var(--away),env(safe-area-inset-bottom))}
:host([position=bottom-start]${APART}) [part~=root]{inset-inline:max(var(--away),env(safe-area-inset-left)) auto}
:host([position=top]${APART}) [part~=root]{inset-block:max(var(--away),env(safe-area-inset-top)) auto;inset-inline:0;margin-inline:auto}
[part~=open]{display:grid;grid-template-columns:minmax(0,1fr) auto;align-items:start;max-block-size:60vh;overflow:auto;padding-block:.35em;padding-inline:1.75em .35em;border:1px solid var(--line);border-radius:var(--round);background:var(--sheet);color:var(--ink)}
${FLOATING} [part~=open]{box-shadow:var(--cart-echo-notice-shadow,0 1px 2px #0002,0 8px 28px #0003)}
[part~=open]::before{content:"";position:absolute;inset-block:.9em;inset-inline-start:.75em;inline-size:.25em;border-radius:1em;background:var(--mark)}
[part~=label],[part=voice]{position:absolute;inline-size:1px;block-size:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[part=voice]{position:fixed}
[part~=open] [part~=message]{padding-block:.6em}
p{margin:0;overflow-wrap:anywhere;text-align:-webkit-match-parent;text-align:match-parent}
p+p{margin-block-start:.2em}
[part~=headline]{font-weight:600}
[part~=total]{font-weight:600;font-variant-numeric:tabular-nums}
[part~=more]{font-size:.875em}
slot{display:block;grid-column:1}
::slotted(*){margin-block-end:.6em}
[part~=close]{all:unset;box-sizing:border-box;grid-area:1/2;display:grid;place-items:center;min-inline-size:44px;min-block-size:44px;border-radius:calc(var(--round) - .3em);cursor:pointer;line-height:1}
[part~=cross]{font-size:1.5em}
[part~=close]:hover{background:color-mix(in srgb,currentColor 10%,transparent)}
[part~=close]:focus-visible{outline:3px solid var(--mark);outline-offset:-3px}
[hidden]{display:none!important}
@media (prefers-reduced-motion:no-preference){[part~=open]:not([still]){animation:come .22s ease-out}@keyframes come{from{opacity:0;translate:0 .5em}}}
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
