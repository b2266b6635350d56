package io.millrace.perf.micro;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.process.Children;
import io.millrace.perf.process.Java;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the micro-benchmarks beside Millrace's runnable jar: JMH in a process, and each benchmark in further ones. */
@Command(name = "micro", description = "Measures single steps of the request path under JMH; writes its JSON file.")
public final class MicroCommand implements Callable<Integer> {
    private static final List<String> QUICK = List.of("-f", "1", "-wi", "1", "-w", "100ms", "-i", "1", "-r", "100ms");
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description =
                    "Benchmarks whose names contain this regular expression (default all). What follows -- goes to JMH:"
                            + " -- -l lists them, -- -h explains its options.")
    private List<String> arguments = List.of();

    @Option(names = "--quick", description = "A moment of each: shows that everything works, not how fast it is.")
    private boolean quick;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = "Where JMH's file goes (default perf/results/micro).")
    private @Nullable Path results;

    @Option(
            names = "--allocations",
            description = "Measures bytes instead of times: fails where a benchmark allocates more than"
                    + " perf/micro/allocations.txt says.")
    private boolean allocations;

    @Option(names = "--refresh", description = "With --allocations: writes that file anew.")
    private boolean refresh;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (refresh && !allocations) {
            throw refused("--refresh goes with --allocations");
        }
        if (allocations && (quick || results != null || !arguments.isEmpty())) {
            throw refused("--allocations takes all benchmarks as they are: no NAME, no --quick and no --results");
        }
        String classPath = classPath();
        try (WorkFolder work = options.newFolder("micro")) {
            List<String> line = new ArrayList<>(List.of(Java.executable()));
            line.addAll(allocations ? check(classPath, work) : measure(classPath, work));
            return Children.start(new ProcessBuilder(line).inheritIO()).waitFor();
        }
    }

    private List<String> measure(String classPath, WorkFolder work) throws IOException {
        Path folder = results == null ? BrokerOptions.home().resolve("perf/results/micro") : results;
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE_TIME.format(Instant.now()) + "-micro.json");
        List<String> line = new ArrayList<>(List.of("-cp", classPath, "org.openjdk.jmh.Main"));
        line.addAll(List.of("-rf", "json", "-rff", file.toString(), "-prof", "gc"));
        line.addAll(List.of("-jvmArgsAppend", String.join(" ", jvmOptions(work))));
        line.addAll(quick ? QUICK : List.of());
        line.addAll(arguments);
        return line;
    }

    /** See {@code AllocationCheck} for why it goes without the optimising compiler. */
    private List<String> check(String classPath, WorkFolder work) {
        // JMH's lock keeps measurements of times apart; bytes cannot be disturbed. Netty's samples for leaks come at
        // random.
        List<String> line =
                new ArrayList<>(List.of("-Djmh.ignoreLock=true", "-Dio.netty.leakDetection.level=disabled"));
        line.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        line.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        line.addAll(jvmOptions(work));
        Path table = BrokerOptions.home().resolve("perf/micro/allocations.txt");
        line.addAll(List.of("-cp", classPath, "io.millrace.micro.AllocationCheck", table.toString()));
        line.add(refresh ? "refresh" : "check");
        return line;
    }

    /** Data goes where an interrupt deletes it. */
    private List<String> jvmOptions(WorkFolder work) {
        List<String> all = new ArrayList<>(List.of("-Djava.io.tmpdir=" + work.path()));
        all.addAll(options.jvmOptions());
        return all;
    }

    /** The benchmarks with JMH, and the jar in which the broker brings all that it needs. */
    private String classPath() {
        Path broker = existing(options.jar().toAbsolutePath());
        Path built = BrokerOptions.home().resolve("perf/micro/target");
        Path benchmarks = existing(built.resolve("millrace-micro.jar"));
        return String.join(
                File.pathSeparator,
                benchmarks.toString(),
                built.resolve("lib/*").toString(),
                broker.toString());
    }

    private Path existing(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw refused("there is no " + jar + ": ./millrace perf builds it");
        }
        return jar;
    }

    private ParameterException refused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
