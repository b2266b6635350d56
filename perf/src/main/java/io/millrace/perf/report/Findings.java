package io.millrace.perf.report;

import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.RunResult;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What several runs found: each scenario once, as the newest of them says.
 *
 * @param runs oldest first, at least one
 * @param all in the order of the runs
 */
record Findings(List<RunResult> runs, List<Finding> all) {
    private static final Map<String, String> GROUPS = Map.of(
            "produce", "Writing",
            "durable", "Writing, on disk before the answer on both sides",
            "page-cache", "Writing, in memory before the answer on both sides",
            "consume", "Reading",
            "latency", "From producer to consumer",
            "connections", "Many connections",
            "start", "Start-up",
            "idle", "Idle",
            "scale", "Growing records and data");

    static Findings of(Collection<RunResult> runs) {
        List<RunResult> sorted =
                runs.stream().sorted(Comparator.comparing(RunResult::startedAt)).toList();
        Map<String, Finding> byName = new LinkedHashMap<>();
        sorted.forEach(run ->
                run.scenarios().forEach(scenario -> byName.put(scenario.name(), new Finding(run, scenario))));
        return new Findings(sorted, List.copyOf(byName.values()));
    }

    /** By group, in the order in which groups appear. */
    Map<String, List<Finding>> byGroup() {
        return all.stream()
                .collect(Collectors.groupingBy(
                        each -> each.scenario().group(), LinkedHashMap::new, Collectors.toList()));
    }

    static String groupTitle(String group) {
        return GROUPS.getOrDefault(group, group);
    }

    /** The system of a role that the runs name first. */
    Optional<MeasuredSystem> system(Role role) {
        return runs.stream()
                .flatMap(run -> run.systems().stream())
                .filter(each -> each.role() == role)
                .findFirst();
    }

    String subject() {
        return system(Role.SUBJECT).map(Findings::title).orElse("the broker");
    }

    String peer() {
        return system(Role.PEER).map(Findings::title).orElse("another broker");
    }

    /** How people call a system. */
    static String title(MeasuredSystem system) {
        String kind = system.name().replaceFirst("-(twin|peer)$", "");
        String called = switch (kind) {
            case "millrace" -> "Millrace";
            case "kafka" -> "Apache Kafka";
            case "null" -> "Null broker";
            default -> kind;
        };
        boolean again = !kind.equals(system.name());
        return again ? called + ", second copy" : called;
    }
}
