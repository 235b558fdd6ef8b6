/**
 * @since 0.1.0
 */
export * as Charts from "./Charts.ts"
export * as ClusterView from "./ClusterView.ts"
export * as EntropyPage from "./EntropyPage.ts"
export * as Escape from "./Escape.ts"
export * as HtmlReport from "./HtmlReport.ts"
export * as RunFiles from "./RunFiles.ts"
export * as ScaleChart from "./ScaleChart.ts"
export * as ScalePage from "./ScalePage.ts"
export * as TerminalView from "./TerminalView.ts"
