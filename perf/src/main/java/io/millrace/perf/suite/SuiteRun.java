package io.millrace.perf.suite;

import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Environment;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.ResultFile;
import io.millrace.perf.result.RunResult;
import io.millrace.perf.result.ScenarioResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the scenarios of a plan one after the other and keeps the file up to date. Owned by one thread. */
final class SuiteRun {
    private final RunPlan plan;
    private final Progress progress;
    private final ResultFile file;

    SuiteRun(RunPlan plan, Progress progress, ResultFile file) {
        this.plan = plan;
        this.progress = progress;
        this.file = file;
    }

    /** @return whether every scenario came to its end */
    boolean run(String name, Instant start, String command, boolean quick, Environment environment, Ceilings ceilings)
            throws IOException, InterruptedException {
        List<MeasuredSystem> systems =
                plan.all().stream().map(RunPlan.Participant::system).toList();
        RunResult nothing = new RunResult(
                RunResult.FORMAT,
                name,
                start.toString(),
                null,
                command,
                quick,
                environment,
                ceilings,
                systems,
                List.of());
        List<ScenarioResult> done = new ArrayList<>();
        for (Scenario scenario : plan.scenarios()) {
            ScenarioRun run = new ScenarioRun(scenario, plan, progress, soFar -> keep(nothing, done, soFar));
            ScenarioResult result = run.run();
            done.add(result);
            progress.say(Tables.summary(result));
        }
        file.write(with(nothing, done, null, Instant.now().toString()));
        progress.say("written to " + file.path());
        return done.stream().allMatch(result -> result.problem().isEmpty());
    }

    private void keep(RunResult run, List<ScenarioResult> done, ScenarioResult last) {
        try {
            file.write(with(run, done, last, null));
        } catch (IOException e) {
            throw new UncheckedIOException("the result cannot be kept", e);
        }
    }

    private static RunResult with(
            RunResult run, List<ScenarioResult> done, @Nullable ScenarioResult last, @Nullable String finishedAt) {
        List<ScenarioResult> all = new ArrayList<>(done);
        if (last != null) {
            all.add(last);
        }
        return new RunResult(
                run.format(),
                run.name(),
                run.startedAt(),
                finishedAt,
                run.command(),
                run.quick(),
                run.environment(),
                run.ceilings(),
                run.systems(),
                List.copyOf(all));
    }
}
