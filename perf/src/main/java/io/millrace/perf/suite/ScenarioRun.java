package io.millrace.perf.suite;

import io.millrace.perf.WorkFolder;
import io.millrace.perf.process.Command;
import io.millrace.perf.process.MachineStat;
import io.millrace.perf.result.RoundResult;
import io.millrace.perf.result.ScenarioResult;
import io.millrace.perf.suite.Bench.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs one scenario on all systems, round by round in turns. Owned by one thread. */
final class ScenarioRun {
    private final Scenario scenario;
    private final RunPlan plan;
    private final Progress progress;
    private final Consumer<ScenarioResult> keep;
    private final List<RunPlan.Participant> participants;

    /** @param keep is given the result so far, after every round */
    ScenarioRun(Scenario scenario, RunPlan plan, Progress progress, Consumer<ScenarioResult> keep) {
        this.scenario = scenario;
        this.plan = plan;
        this.progress = progress;
        this.keep = keep;
        participants = plan.participants(scenario);
    }

    /** To its end, or to the first round that fails: the result says why, and the next scenario can run. */
    ScenarioResult run() throws InterruptedException {
        ScenarioResult result = ScenarioRun.empty(scenario, plan.rounds());
        Map<String, Bench> benches = new LinkedHashMap<>();
        try (WorkFolder folder = plan.newFolder()) {
            try {
                for (RunPlan.Participant each : participants) {
                    progress.begin(scenario.name() + ": starts " + each.name());
                    Bench bench = scenario.load().open(plan.rig(scenario, each, folder.path()));
                    benches.put(each.name(), bench);
                    bench.prepare();
                }
                result = tours(result, benches);
            } finally {
                for (Bench bench : benches.values()) {
                    bench.close();
                }
            }
        } catch (IOException e) {
            result = result.failed(String.valueOf(e.getMessage()));
            keep.accept(result);
        }
        return result;
    }

    static ScenarioResult empty(Scenario scenario, int tours) {
        return new ScenarioResult(
                scenario.name(),
                scenario.group(),
                scenario.title(),
                scenario.curves(),
                scenario.load().settings(),
                Map.of(),
                tours,
                List.of(),
                List.of(),
                "");
    }

    private ScenarioResult tours(ScenarioResult start, Map<String, Bench> benches)
            throws IOException, InterruptedException {
        ScenarioResult result = start;
        Tours tours = new Tours(plan.warmUps(), plan.rounds(), plan.repeatsMax());
        double expected = scenario.load().expectedSeconds();
        while (tours.goOn()) {
            List<RoundResult> tour = new ArrayList<>();
            for (Map.Entry<String, Bench> each : benches.entrySet()) {
                progress.begin("%s: %s, %s".formatted(scenario.name(), label(tours), each.getKey()));
                RoundResult round = round(tours.next(), each.getKey(), each.getValue());
                tour.add(round);
                result = result.plus(List.of(round), plan.systems(scenario), commands(benches));
                keep.accept(result);
                progress.end(expected);
                progress.say(Tables.line(scenario, label(tours), round));
            }
            if (tours.done(tour.stream().anyMatch(RoundResult::disturbed))) {
                progress.expect(expected * benches.size());
            }
        }
        return result;
    }

    private static RoundResult round(int tour, String system, Bench bench) throws IOException, InterruptedException {
        // What earlier rounds left to be written back would be written during this one.
        Command.of("sync").run();
        String startedAt = Instant.now().toString();
        MachineStat before = MachineStat.now();
        Outcome outcome = bench.round();
        MachineStat after = MachineStat.now();
        double otherLoad = after.otherLoadSince(before);
        double steal = after.stealSince(before);
        return new RoundResult(
                tour,
                system,
                startedAt,
                outcome.seconds(),
                otherLoad,
                steal,
                otherLoad + steal > RoundResult.DISTURBANCE_MAX,
                outcome.figures(),
                outcome.latencies());
    }

    private static String label(Tours tours) {
        return tours.isWarmUp() ? "warm-up" : "round " + tours.next();
    }

    private static Map<String, ScenarioResult.Commands> commands(Map<String, Bench> benches) {
        Map<String, ScenarioResult.Commands> commands = new LinkedHashMap<>();
        benches.forEach((name, bench) -> commands.put(name, bench.commands()));
        return commands;
    }
}
