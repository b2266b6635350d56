package io.millrace.perf.suite;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run will do. Immutable.
 *
 * @param scenarios in the order of the run
 * @param all the systems, the subject first
 * @param warmUps tours before the counted ones
 * @param rounds counted tours
 * @param repeatsMax further tours of a scenario, for disturbed ones
 * @param jvmOptions of every broker
 * @param brokerCpus processors of every broker, in the notation of {@code taskset}
 * @param loadCpus processors of every load generator
 * @param options where brokers may write
 */
record RunPlan(
        List<Scenario> scenarios,
        List<Participant> all,
        int warmUps,
        int rounds,
        int repeatsMax,
        List<String> jvmOptions,
        String brokerCpus,
        String loadCpus,
        BrokerOptions options) {

    /** A system that takes part, and how to start it. */
    record Participant(MeasuredSystem system, Target target) {
        String name() {
            return system.name();
        }
    }

    /** The systems that can do a scenario. */
    List<Participant> participants(Scenario scenario) {
        return all.stream()
                .filter(each ->
                        each.system().role() != Role.CEILING || scenario.load().hasCeiling())
                .toList();
    }

    List<MeasuredSystem> systems(Scenario scenario) {
        return participants(scenario).stream().map(Participant::system).toList();
    }

    Rig rig(Scenario scenario, Participant participant, Path folder) {
        return new Rig(
                participant.target(),
                folder.resolve(participant.name()),
                scenario.settingsOf(participant.target().name()),
                jvmOptions,
                brokerCpus,
                loadCpus);
    }

    WorkFolder newFolder() throws IOException {
        return options.newFolder("run");
    }

    /** Of the whole run, if nothing disturbs it. */
    double expectedSeconds() {
        return scenarios.stream().mapToDouble(this::expectedSeconds).sum();
    }

    private double expectedSeconds(Scenario scenario) {
        return scenario.load().expectedSeconds() * participants(scenario).size() * (warmUps + rounds);
    }
}
