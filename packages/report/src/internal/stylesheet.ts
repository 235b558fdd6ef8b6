/** The page's looks, light and dark. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fcfcfa; --card: #fff; --line: #e3e3de; --muted: #6d737a; --faint: #c9ccd1;
  --good: #1a8754; --bad: #c8402f; --accent: #3467c2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --paper: #15171a; --card: #1d2024; --line: #33373d; --muted: #9aa1a9; --faint: #4a5058;
    --good: #4cc38a; --bad: #ff7a66; --accent: #7aa7ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
h1 { font-size: 22px; margin: 28px 0 12px; } h2 { font-size: 17px; margin: 32px 0 10px; }
.cells { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 12px; }
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
table { border-collapse: collapse; margin: 4px 0 14px; width: 100%; font-size: 13px; } th { text-align: left; color: var(--muted); font-weight: 500; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; } td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
td code { white-space: pre-wrap; } pre { overflow: auto; font-size: 12.5px; }
@media (max-width: 760px) { .figures { grid-template-columns: 1fr; } .group > summary { grid-template-columns: 1fr; } .facts { text-align: left; } }
`
