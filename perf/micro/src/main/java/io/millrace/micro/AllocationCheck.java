package io.millrace.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Holds what the benchmarks allocate against the committed table, or writes that. It takes no times: each benchmark runs a
 * fixed number of operations, so that a busy machine changes nothing but how long this takes.
 *
 * <p>All run in this JVM, one after the other, which {@code perf micro --allocations} starts without the optimising compiler.
 * That one leaves out objects that it can do without, and whether it can depends on what it happened to inline: of two equal
 * runs one allocated 240 bytes more for each operation. So the figures are what the code asks for, and an upper bound.
 */
public final class AllocationCheck {

    private static final String FIGURE = "gc.alloc.rate.norm";

    /**
     * What a batch of the ring allocates is shared by as many appends as happen to be in it, which depends on when the threads
     * run. All of it is allocated in AppendCommitBenchmark too, where the batches have a size.
     */
    private static final String WITHOUT_A_FIGURE = "RingHandOffBenchmark";

    private static final int OPERATIONS = 2_000;

    /** Of the table: on another JDK its own classes allocate more or less, those for strings for example. */
    private static final int JDK = 17;

    private AllocationCheck() {}

    /** Arguments: the file of the table, and "check" or "refresh". Exits with 1 when the table is broken. */
    public static void main(String[] arguments) throws IOException, RunnerException {
        if (Runtime.version().feature() != JDK) {
            System.out.println("The table is for JDK " + JDK + ", and this is " + Runtime.version());
            System.exit(1);
        }
        Path file = Path.of(arguments[0]);
        Map<String, Double> measured = measure();
        if (arguments[1].equals("refresh")) {
            Files.writeString(file, AllocationTable.of(measured).text());
            System.out.println("wrote " + file);
            return;
        }
        AllocationTable table = AllocationTable.read(file);
        table.improvements(measured).forEach(System.out::println);
        List<String> violations = table.violations(measured);
        violations.forEach(System.out::println);
        if (!violations.isEmpty()) {
            System.out.println("If that is as it should be: " + AllocationTable.REFRESH);
            System.exit(1);
        }
        System.out.println(measured.size() + " benchmarks allocate no more than " + file.getFileName() + " allows");
    }

    /** Bytes for each operation, by the name of the benchmark with its parameters. */
    private static Map<String, Double> measure() throws RunnerException {
        Options options = new OptionsBuilder()
                .exclude(WITHOUT_A_FIGURE)
                .mode(Mode.SingleShotTime)
                .warmupIterations(1)
                .warmupBatchSize(OPERATIONS)
                .measurementIterations(1)
                .measurementBatchSize(OPERATIONS)
                .forks(0)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Map<String, Double> bytes = new TreeMap<>();
        for (RunResult result : new Runner(options).run()) {
            Result<?> figure = result.getSecondaryResults().get(FIGURE);
            // JMH counts a batch as one operation, and leaves the figure out where nothing was allocated.
            bytes.put(nameOf(result.getParams()), figure == null ? 0 : figure.getScore() / OPERATIONS);
        }
        return bytes;
    }

    private static String nameOf(BenchmarkParams benchmark) {
        StringBuilder name = new StringBuilder(benchmark.getBenchmark());
        name.delete(0, AllocationCheck.class.getPackageName().length() + 1);
        for (String key : new TreeSet<>(benchmark.getParamsKeys())) {
            name.append(' ').append(key).append('=').append(benchmark.getParam(key));
        }
        return name.toString();
    }
}
