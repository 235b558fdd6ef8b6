/**
 * `seed-grpo report`
 */
import { HtmlReport } from "@seed-grpo/report"
import { Console, Effect, Path } from "effect"
import { Argument, Command } from "effect/cli"

export const report = Command.make(
  "report",
  {
    run: Argument.Directory("run", { mustExist: true }).pipe(
      Argument.withDescription("Folder of a run, finished or not"),
    ),
  },
  Effect.fn(function* ({ run }) {
    const path = yield* Path.Path
    yield* Console.log(yield* HtmlReport.write(path.resolve(run), `SEED-GRPO run ${path.basename(path.resolve(run))}`))
  }),
).pipe(
  Command.withDescription(
    "Write report.html into the folder of a run: one page that needs nothing else, with the curves of the run and its " +
      "groups as their meanings. Works on a run that is still going on.",
  ),
  Command.withShortDescription("Make the page of a run"),
)
