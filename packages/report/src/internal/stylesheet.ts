/** The page's looks, light and dark. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fcfcfa; --card: #fff; --line: #e3e3de; --muted: #6d737a; --faint: #c9ccd1;
  --good: #1a8754; --bad: #c8402f; --accent: #3467c2; --warn: #8a5a00; --on: #fff;
  --c0: #3467c2; --c1: #b4530b; --c2: #0f766e; --c3: #7c4dbd; --c4: #b3307a; --c5: #65660f; --c6: #8a5a44; --c7: #52606d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --paper: #15171a; --card: #1d2024; --line: #33373d; --muted: #9aa1a9; --faint: #4a5058;
    --good: #4cc38a; --bad: #ff7a66; --accent: #7aa7ff; --warn: #e8b04a; --on: #10130f;
    --c0: #7aa7ff; --c1: #ffab5e; --c2: #5fd0c0; --c3: #c4a1ff; --c4: #ff8fc4; --c5: #d2cf5e; --c6: #d9a98c; --c7: #b4bfca; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
h1 { font-size: 22px; margin: 28px 0 12px; } h2 { font-size: 17px; margin: 32px 0 10px; }
.cells { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; }
.cell, figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 0; }
.name, .note, figcaption { color: var(--muted); font-size: 13px; } .value { font-size: 21px; font-weight: 600; }
figcaption strong { color: var(--ink); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 12px; }
figure svg { width: 100%; height: auto; color: var(--muted); }
.controls { display: flex; flex-wrap: wrap; gap: 14px; align-items: center; margin: 10px 0 14px; }
.controls input[type=range] { width: 260px; } .controls output { min-width: 5em; font-variant-numeric: tabular-nums; }
.group { border-top: 1px solid var(--line); } .group > summary { display: grid; grid-template-columns: 11em 1fr 20em; gap: 12px; padding: 7px 0; cursor: pointer; align-items: center; list-style: none; }
.group > summary:hover { background: var(--card); } .group code { overflow-wrap: anywhere; }
.strip { display: flex; flex-wrap: wrap; gap: 10px; } .meaning { display: flex; gap: 2px; }
.chip { display: inline-block; border-radius: 4px; padding: 1px 6px; font: 12px/1.5 ui-monospace, monospace; color: #fff; background: var(--muted); max-width: 12em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip.right { background: var(--good); } .chip.wrong { background: var(--bad); } .chip.wrong.m1 { background: #b5651d; } .chip.wrong.m2 { background: #9c4f96; } .chip.wrong.m3 { background: #7a6a4f; } .chip.wrong.m4 { background: #b03a6e; } .chip.unread { background: var(--faint); color: var(--ink); }
@media (prefers-color-scheme: dark) { .chip.right, .chip.wrong:not(.m1, .m2, .m3, .m4) { color: #10130f; } }
.facts { color: var(--muted); font-size: 13px; text-align: right; font-variant-numeric: tabular-nums; }
.question { display: grid; grid-template-columns: 15em minmax(0, 1fr); gap: 6px 26px; padding: 16px 0; border-top: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 130px; }
.measure { font-variant-numeric: tabular-nums; color: var(--muted); } .measure .value { color: var(--ink); } .measure .note { line-height: 1.4; }
.gauge { position: relative; height: 7px; margin: 3px 0 7px; border-radius: 4px; background: var(--line); } .gauge i { display: block; height: 100%; min-width: 2px; border-radius: 4px; background: var(--accent); }
.gauge b { position: absolute; top: -2px; bottom: -2px; border: 1.5px solid var(--ink); border-width: 0 1.5px; background: linear-gradient(var(--ink), var(--ink)) center / 100% 1.5px no-repeat; }
.prompt { overflow-wrap: anywhere; } :is(.question, .legend) small { color: var(--muted); font-size: 12.5px; }
:is(.question, .legend) .strip { margin: 9px 0 4px; align-items: center; } :is(.question, .legend) .meaning { align-items: center; gap: 1px; max-width: 100%; flex-wrap: wrap; }
.meaning .chip { min-height: 20px; } .meaning i.chip { width: 12px; padding: 0; } :is(.question, .legend) .chip { color: var(--on); max-width: 22em; } .count { margin-left: 4px; font-size: 12.5px; font-weight: 500; color: var(--muted); } .meaning small { margin-left: 6px; }
.c0 .chip { background: var(--c0); } .c1 .chip { background: var(--c1); } .c2 .chip { background: var(--c2); } .c3 .chip { background: var(--c3); } .c4 .chip { background: var(--c4); } .c5 .chip { background: var(--c5); } .c6 .chip { background: var(--c6); } .c7 .chip { background: var(--c7); }
.legend .gauge { width: 15em; margin-top: 14px; } .legend p { margin: 6px 0 16px; font-size: 13.5px; }
.unread i.chip { border: 1px dashed var(--muted); background: none; } .warning { color: var(--warn); font-size: 13px; }
.question details { margin-top: 5px; font-size: 13.5px; } .question summary { color: var(--muted); cursor: pointer; width: max-content; } .question ol { margin: 8px 0 4px; padding-left: 2.2em; } .question li { margin-bottom: 14px; } .question li::marker { color: var(--muted); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24em; overflow: auto; margin-top: 4px; padding: 8px 11px; border-radius: 6px; border: 1px solid var(--line); background: var(--card); }
.legend dl { margin: 0; font-size: 13.5px; } .legend dt { font-weight: 600; } .legend dd { margin: 0 0 8px; }
.scroll { overflow-x: auto; margin-top: 18px; } .scroll td, .scroll th { white-space: nowrap; } .scroll td.number { padding-right: 22px; }
table { border-collapse: collapse; margin: 4px 0 14px; width: 100%; font-size: 13px; } th { text-align: left; color: var(--muted); font-weight: 500; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; } td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
td code { white-space: pre-wrap; } pre { overflow: auto; font-size: 12.5px; }
@media (max-width: 760px) { .cells { grid-template-columns: repeat(2, 1fr); } .figures { grid-template-columns: 1fr; } .group > summary { grid-template-columns: 1fr; } .facts { text-align: left; } .question { grid-template-columns: minmax(0, 1fr); } .question ol { padding-left: 1.6em; } }
`
