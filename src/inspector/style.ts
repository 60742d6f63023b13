import { styleSheet } from '../page/style-sheet'

// System colours follow the page's `color-scheme`, also in browsers without light-dark(). Sizes are in pixels of their own, because pages set others on `<html>`. What is important
// to `:host` goes before all that a page says of the element, important or not: https://drafts.csswg.org/css-cascade/#cascade-context
const CSS = `
:host{all:initial!important;color-scheme:inherit!important;position:fixed!important;z-index:2147483001!important}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
.panel{--sheet:#fff;--field:#f5f6f8;--line:#d7dae0;--ink:#1b1f24;--soft:#57606a;--blue:#0a66c2;--green:#1a7f37;--amber:#9a6700;--red:#c0262d;--violet:#8250df;--grey:#6e7781;--on:#fff}
@supports (color:light-dark(#000,#fff)){.panel{--sheet:light-dark(#fff,#16191d);--field:light-dark(#f5f6f8,#1f2328);--line:light-dark(#d7dae0,#3a4048);--ink:light-dark(#1b1f24,#eceff3);--soft:light-dark(#57606a,#a5aeb9);--blue:light-dark(#0a66c2,#6cb2ff);--green:light-dark(#1a7f37,#4fc36b);--amber:light-dark(#9a6700,#e2b341);--red:light-dark(#c0262d,#ff7b80);--violet:light-dark(#8250df,#c6a3ff);--grey:light-dark(#6e7781,#9aa4af);--on:light-dark(#fff,#16191d)}}
.panel{position:fixed;inset:auto;margin:0;padding:0;display:flex;flex-direction:column;height:var(--height);max-inline-size:100vw;max-block-size:100vh;overflow:hidden;border:1px solid var(--line);border-radius:10px;background:var(--sheet);color:var(--ink);font:400 13px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;text-align:start;box-shadow:0 1px 2px #0003,0 12px 40px #0004}
.panel.minimised{height:auto;inline-size:max-content!important}
h2,h3,p,ul,ol,dl,dd,pre{margin:0;padding:0;list-style:none;font:inherit}
h2,h3,b{font-weight:600}
code,pre,.log,.tabs{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12px}
.head{display:flex;align-items:center;gap:8px;padding:6px 6px 6px 4px;border-block-end:1px solid var(--line);cursor:grab;touch-action:none;user-select:none}
.minimised .head{border-block-end:0}
.head:active{cursor:grabbing}
.head h2{font-size:14px}
.badge{margin-inline-end:auto;padding:1px 9px;border-radius:99px;background:var(--state);color:var(--on);font-weight:600;font-size:12px}
[data-state]{--state:var(--grey)}
[data-state=live]{--state:var(--green)}
[data-state=connecting]{--state:var(--blue)}
[data-state=polling]{--state:var(--amber)}
[data-state=waiting],[data-state=refused]{--state:var(--red)}
button{all:unset;box-sizing:border-box;display:inline-grid;place-items:center;min-inline-size:28px;min-block-size:28px;padding-inline:10px;border:1px solid var(--line);border-radius:6px;background:var(--sheet);cursor:pointer;font-weight:500;user-select:none}
button:hover{background:color-mix(in srgb,currentColor 8%,var(--sheet))}
button:focus-visible,summary:focus-visible,pre:focus-visible,textarea:focus-visible,a:focus-visible,.field:focus-visible{outline:2px solid var(--blue);outline-offset:-2px}
button:disabled,button[aria-disabled=true]{opacity:.55;cursor:default}
button[aria-pressed=true]{border-color:var(--blue);color:var(--blue)}
.mover,.sign{padding:0;border-color:transparent;background:none}
.mover{cursor:grab;color:var(--soft)}
.mover circle{fill:currentColor}
.sign{font-size:18px;line-height:1}
.sizer{position:absolute;inset:auto 0 0 auto;min-inline-size:24px;min-block-size:24px;padding:0;border:0;border-radius:0 0 9px;background:linear-gradient(135deg,transparent 62%,var(--soft) 62% 67%,transparent 67% 76%,var(--soft) 76% 81%,transparent 81%);cursor:nwse-resize;touch-action:none}
.body{flex:1;min-block-size:0;overflow:auto;overscroll-behavior:contain;padding-block-end:16px}
.body>section{padding:10px 14px}
.section{padding:7px 14px}
.body>*+*{border-block-start:1px solid var(--line)}
.connection{box-shadow:inset 4px 0 var(--state)}
.connection p+p{margin-block-start:3px}
.now{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 10px}
.now b{font-size:16px}
.now code{padding:0 6px;border-radius:4px;background:var(--field)}
.since,.range,.words,.note,.count,time,dt{color:var(--soft)}
.countdown{font-variant-numeric:tabular-nums}
.wrong{color:var(--red);overflow-wrap:anywhere}
a{color:var(--blue);text-underline-offset:2px}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:6px}
.timeline .bar h3{margin-inline-end:2px}
.range{margin-inline-end:auto;font-size:12px;font-variant-numeric:tabular-nums}
.said{margin-block-start:8px}
.said:empty{margin:0}
textarea{all:unset;box-sizing:border-box;display:block;inline-size:100%;block-size:130px;margin-block-start:8px;padding:8px;overflow:auto;border:1px solid var(--line);border-radius:6px;background:var(--field);font:12px/1.4 ui-monospace,monospace;white-space:pre}
.field{margin-block:8px 4px;cursor:ew-resize;touch-action:pan-y;user-select:none}
.chart{display:block;max-inline-size:100%}
.chart text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--soft)}
.chart .time{text-anchor:middle;font-size:11px;font-variant-numeric:tabular-nums}
.lane{stroke:var(--line)}
.tick{stroke:var(--line);stroke-dasharray:2 3}
.cut{stroke:var(--violet);stroke-width:2;stroke-dasharray:5 3}
.link{stroke:var(--soft);opacity:.45}
.chart .hint{font-size:11px;font-style:italic;paint-order:stroke;stroke:var(--sheet);stroke-width:6px}
.ahead{fill:var(--sheet)}
.state,.shade{fill:var(--grey)}
.state.live{fill:var(--green)}
.state.connecting,.shade.connecting{fill:var(--blue)}
.state.polling,.shade.polling{fill:var(--amber)}
.state.waiting,.shade.waiting,.state.refused,.shade.refused{fill:var(--red)}
.shade{opacity:.13}
.span.ask{fill:var(--amber)}
.span.refresh{fill:var(--green)}
.span.failed{fill:var(--red)}
.span.gap{fill:var(--violet);opacity:.25}
.mark{fill:var(--blue);stroke:var(--sheet);stroke-width:1}
.mark.published{fill:var(--grey)}
.mark.check{fill:var(--amber)}
.mark.tab{fill:var(--sheet);stroke:var(--blue);stroke-width:2}
.mark.duplicate,.mark.skipped,.mark.resync{fill:none;stroke:var(--ink);stroke-width:2}
.mark.gap{fill:var(--violet)}
.mark.unreadable,.mark.reset{fill:var(--red)}
.words{min-block-size:19px;font-size:12px;overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:2px 12px;margin-block-start:4px;font-size:12px;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:3px}
summary{cursor:pointer;font-weight:600}
.count{font-weight:400}
.section>:not(summary){margin-block-start:6px}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(15em,1fr));gap:2px 18px}
dl div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;border-block-end:1px dotted var(--line)}
dd{font-variant-numeric:tabular-nums}
.note{font-size:12px}
.list details+details{margin-block-start:4px}
.list summary{font-weight:400}
pre{max-block-size:260px;margin-block-start:4px;padding:8px;overflow:auto;border:1px solid var(--line);border-radius:6px;background:var(--field);white-space:pre-wrap;overflow-wrap:anywhere}
.log li{overflow-wrap:anywhere}
@media (max-width:420px){.body>section,.section{padding-inline:10px}}
@media (forced-colors:active){.mark,.span,.state,.badge{forced-color-adjust:none}}
@media print{:host{display:none!important}}
`

/** The panel's style sheet; null where there can be none. */
export const createStyle = (): CSSStyleSheet | null => styleSheet(CSS)
