/**
 * The page's script: chooses a step, filters and sorts its groups, and shows them. Texts enter the page as text nodes
 * only.
 */
export const browserScript = `
(() => {
  const steps = JSON.parse(document.getElementById("steps").textContent)
  const root = document.getElementById("browser")
  if (steps.length === 0) { root.textContent = "No completions were recorded."; return }
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    node.append(...children)
    return node
  }
  const kind = (cluster) => cluster.right ? "right" : cluster.readable ? "wrong" : "unread"
  const mark = { right: "✓", wrong: "✗", unread: "?" }
  const chips = (cluster, colour) => make("span", { class: "meaning" }, ...cluster.members.map((member) =>
    make("span", { class: "chip " + kind(cluster) + " m" + colour % 5, title: member.text }, mark[kind(cluster)] + " " + (member.answer ?? member.text))))
  const strip = (clusters) => {
    let wrong = 0
    return clusters.map((cluster) => chips(cluster, kind(cluster) === "wrong" ? wrong++ : 0))
  }
  const signed = (value) => (value > 0 ? "+" : "") + value.toFixed(3)
  const table = (group) => make("table", {},
    make("thead", {}, make("tr", {}, ...["", "completion", "ended by", "advantage", "× " + group.scale.toFixed(3)].map((name) => make("th", {}, name)))),
    make("tbody", {}, ...group.clusters.flatMap((cluster) => cluster.members.map((member) => make("tr", {},
      make("td", {}, make("span", { class: "chip " + kind(cluster) }, mark[kind(cluster)])),
      make("td", {}, make("code", {}, member.text)),
      make("td", {}, member.finish === "stop" ? "the policy" : "the length limit"),
      make("td", { class: "number" }, signed(member.before)),
      make("td", { class: "number" }, signed(member.after)))))))
  const row = (group) => {
    const node = make("details", { class: "group" }, make("summary", {},
      make("span", {}, make("code", {}, group.prompt), " ", make("small", {}, group.golds.join(" or "))),
      make("span", { class: "strip" }, ...strip(group.clusters)),
      make("span", { class: "facts" }, group.clusters.length + (group.clusters.length === 1 ? " meaning" : " meanings") + " · " + group.entropy.toFixed(2) + " nats · advantages × " + group.scale.toFixed(2))))
    node.addEventListener("toggle", () => { if (node.open && node.childElementCount === 1) node.append(table(group)) })
    return node
  }
  const slider = make("input", { type: "range", min: "0", max: String(steps.length - 1), value: "0", id: "step", "aria-label": "step" })
  const shown = make("output", { for: "step" })
  const order = make("select", { id: "order" }, make("option", { value: "asked" }, "in the order asked"), make("option", { value: "entropy" }, "most uncertain first"))
  const only = make("select", { id: "only" }, make("option", { value: "all" }, "all groups"), make("option", { value: "mixed" }, "mixed groups only"))
  const list = make("div", {})
  const update = () => {
    const { groups, step } = steps[Number(slider.value)]
    shown.value = "step " + step
    const chosen = groups.filter((group) => only.value === "all" || (group.passRate > 0 && group.passRate < 1))
    if (order.value === "entropy") chosen.sort((a, b) => b.entropy - a.entropy)
    list.replaceChildren(...(chosen.length === 0 ? [make("p", {}, "No mixed group in this step: nothing is learned from it.")] : chosen.map(row)))
  }
  for (const control of [slider, order, only]) control.addEventListener("input", update)
  root.append(make("div", { class: "controls" }, make("label", { for: "step" }, "Step"), slider, shown, order, only), list)
  update()
})()
`
