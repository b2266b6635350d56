package io.millrace.perf.report;

import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.Environment;
import io.millrace.perf.result.Figure;
import io.millrace.perf.result.Latency;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.Role;
import io.millrace.perf.result.RoundResult;
import io.millrace.perf.result.RunResult;
import io.millrace.perf.result.ScenarioResult;
import io.millrace.perf.result.ScenarioResult.Commands;
import io.millrace.perf.result.ScenarioResult.CurvePoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Made-up runs with every kind of scenario. The figures say nothing about any broker. */
final class SampleRuns {
    static final MeasuredSystem SUBJECT = new MeasuredSystem("millrace", Role.SUBJECT, "millrace 0.0-made-up");
    static final MeasuredSystem PEER = new MeasuredSystem("kafka", Role.PEER, "0.0-made-up");
    static final MeasuredSystem TWIN = new MeasuredSystem("kafka-twin", Role.TWIN, "0.0-made-up");
    static final MeasuredSystem CEILING = new MeasuredSystem("null", Role.CEILING, "");

    private static final int TOURS = 6;

    private final Random random = new Random(7);
    private final List<MeasuredSystem> systems;

    private SampleRuns(List<MeasuredSystem> systems) {
        this.systems = systems;
    }

    /** A run of everything by these systems. */
    static RunResult everything(MeasuredSystem... systems) {
        SampleRuns make = new SampleRuns(List.of(systems));
        return make.run("2026-01-02T03:04:05Z", make.scenarios());
    }

    /** Only the scenario of that name. */
    static RunResult only(String name, MeasuredSystem... systems) {
        RunResult all = everything(systems);
        return with(
                all,
                all.scenarios().stream()
                        .filter(each -> each.name().equals(name))
                        .toList());
    }

    static RunResult with(RunResult run, List<ScenarioResult> scenarios) {
        return new RunResult(
                run.format(),
                run.name(),
                run.startedAt(),
                run.finishedAt(),
                run.command(),
                run.quick(),
                run.environment(),
                run.ceilings(),
                run.systems(),
                scenarios);
    }

    private RunResult run(String startedAt, List<ScenarioResult> scenarios) {
        return new RunResult(
                RunResult.FORMAT,
                "made-up",
                startedAt,
                startedAt,
                "./millrace perf run all --against kafka --self",
                false,
                new Environment(
                        "Made-up CPU",
                        2,
                        16_000_000_000L,
                        "Linux 6.1",
                        "/dev/none ext4 rw",
                        "17",
                        "0123456789abcdef",
                        Map.of("kafka", "0.0-made-up", "millrace", "millrace 0.0-made-up"),
                        List.of("-Xms1g", "-Xmx1g"),
                        "0-1",
                        "0-1"),
                new Ceilings(1.5e9, 9000, latency(0.1), 1.8e9, 34_000),
                systems,
                scenarios);
    }

    private List<ScenarioResult> scenarios() {
        List<ScenarioResult> all = new ArrayList<>();
        fast(all);
        paced(all);
        others(all);
        return all;
    }

    private void fast(List<ScenarioResult> all) {
        all.add(produce(
                "produce-1KB",
                "produce",
                "produce 1 KB, compression none",
                1000,
                260_000,
                List.of(new CurvePoint("record size", 1000, "B"), new CurvePoint("partitions", 6, ""))));
        all.add(produce(
                "produce-100B",
                "produce",
                "produce 100 B, compression none",
                100,
                900_000,
                List.of(new CurvePoint("record size", 100, "B"))));
        all.add(produce(
                "produce-single", "produce", "produce 100 B, one record in each request", 100, 9000, List.of()));
        all.add(produce(
                "produce-1000-partitions",
                "produce",
                "produce 1 KB, partitions: 1000",
                1000,
                180_000,
                List.of(new CurvePoint("partitions", 1000, ""))));
        all.add(produce(
                "durable-6-partitions",
                "durable",
                "produce 1 KB, partitions: 6, on disk before the answer",
                1000,
                150_000,
                List.of()));
    }

    private void paced(List<ScenarioResult> all) {
        all.add(scenario(
                "latency-10k",
                "latency",
                "100 B from producer to consumer, 10,000 records/s",
                Map.of("records per second", "10000", "record bytes", "100"),
                List.of(),
                (system, speed) -> round(
                        system,
                        10_000,
                        100,
                        40 / speed,
                        Map.of("ack", latency(0.9 / speed), "endToEnd", latency(1.4 / speed)))));
        for (int connections : List.of(10, 1000)) {
            all.add(scenario(
                    "connections-" + connections,
                    "connections",
                    connections + " connections, 2,000 requests/s",
                    Map.of("requests per second", "2000"),
                    List.of(new CurvePoint("connections", connections, "")),
                    (system, speed) -> round(system, 2000, 100, 60 / speed, Map.of("ack", latency(1 / speed)))));
        }
    }

    private void others(List<ScenarioResult> all) {
        all.add(scenario("start-cold", "start", "first start, empty folder", Map.of(), List.of(), (system, speed) -> {
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.FIRST_RECORD_MS, 1800 / speed / speed);
            figures.put(Figure.RESIDENT_BYTES, 2.5e8 / speed);
            return new Measured(figures, Map.of());
        }));
        all.add(scenario(
                "idle-empty",
                "idle",
                "nothing to do",
                Map.of(),
                List.of(),
                (system, speed) -> new Measured(Map.of(Figure.CPU_PERCENT, 1.5 / speed), Map.of())));
        all.add(scenario(
                        "catch-up",
                        "consume",
                        "a consumer catches up",
                        Map.of(),
                        List.of(),
                        (system, speed) -> new Measured(Map.of(), Map.of()))
                .failed("a <made-up> problem"));
    }

    private ScenarioResult produce(
            String name, String group, String title, int bytes, double records, List<CurvePoint> curves) {
        return scenario(
                name,
                group,
                title,
                Map.of("record bytes", String.valueOf(bytes)),
                curves,
                (system, speed) -> round(
                        system,
                        records * speed,
                        bytes,
                        600_000 / records / speed,
                        Map.of("ack", percentiles(90 / speed))));
    }

    private record Measured(Map<Figure, Double> figures, Map<String, Latency> latencies) {}

    private interface Broker {
        Measured measure(MeasuredSystem system, double speed);
    }

    private ScenarioResult scenario(
            String name,
            String group,
            String title,
            Map<String, String> settings,
            List<CurvePoint> curves,
            Broker broker) {
        List<RoundResult> rounds = new ArrayList<>();
        for (int tour = 0; tour <= TOURS; tour++) {
            for (MeasuredSystem system : systems) {
                double speed = speed(system.role()) * (1 + 0.06 * random.nextGaussian());
                Measured measured = broker.measure(system, speed);
                rounds.add(new RoundResult(
                        tour,
                        system.name(),
                        "2026-01-02T03:04:05Z",
                        10,
                        0.02,
                        0,
                        false,
                        measured.figures(),
                        measured.latencies()));
            }
        }
        Map<String, Commands> commands = new TreeMap<>();
        systems.forEach(system -> commands.put(
                system.name(), new Commands(List.of("java", "-jar", "it's.jar"), List.of("load", "a b"), Map.of())));
        ScenarioResult empty =
                new ScenarioResult(name, group, title, curves, settings, commands, TOURS, List.of(), List.of(), "");
        return empty.plus(rounds, systems, commands);
    }

    private static double speed(Role role) {
        return switch (role) {
            case SUBJECT -> 1.5;
            case PEER, TWIN -> 1;
            case CEILING -> 2;
        };
    }

    private static Measured round(
            MeasuredSystem system, double records, int bytes, double cpu, Map<String, Latency> latencies) {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.RECORDS_PER_SECOND, records);
        figures.put(Figure.BYTES_PER_SECOND, records * bytes);
        figures.put(Figure.CPU_SECONDS_PER_MILLION, cpu);
        figures.put(Figure.RESIDENT_BYTES, 6e8 / speed(system.role()));
        figures.put(Figure.DISK_WRITTEN_PER_BYTE, system.role() == Role.CEILING ? 0.0 : 1.1);
        return new Measured(figures, latencies);
    }

    /** As a tool of others prints it. */
    private static Latency percentiles(double ms) {
        return new Latency(
                100_000,
                List.of(
                        new Latency.Point(50, ms),
                        new Latency.Point(95, 2 * ms),
                        new Latency.Point(99, 3 * ms),
                        new Latency.Point(99.9, 7 * ms),
                        new Latency.Point(100, 9 * ms)),
                null);
    }

    private Latency latency(double medianMs) {
        Histogram histogram = Latency.newHistogram();
        for (int i = 0; i < 20_000; i++) {
            Latency.record(histogram, (long) (medianMs * 1e6 * Math.exp(0.6 * random.nextGaussian())));
        }
        return Latency.of(histogram);
    }

    /** The same in other circumstances. */
    static RunResult changed(
            RunResult run, String startedAt, @Nullable String finishedAt, boolean quick, @Nullable Ceilings ceilings) {
        return new RunResult(
                run.format(),
                run.name(),
                startedAt,
                finishedAt,
                run.command(),
                quick,
                run.environment(),
                ceilings,
                run.systems(),
                run.scenarios());
    }
}
