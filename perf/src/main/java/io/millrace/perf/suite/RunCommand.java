package io.millrace.perf.suite;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.machine.CeilingProbe;
import io.millrace.perf.result.Ceilings;
import io.millrace.perf.result.MeasuredSystem;
import io.millrace.perf.result.ResultFile;
import io.millrace.perf.result.Role;
import io.millrace.perf.suite.RunPlan.Participant;
import io.millrace.perf.target.KafkaTarget;
import io.millrace.perf.target.Target;
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

/** Measures scenarios on one broker, or on several in turns. */
@Command(
        name = "run",
        description = "Measures scenarios, each system in turns with the others; writes a JSON file after every round.")
public final class RunCommand implements Callable<Integer> {
    private static final double QUICK_SCALE = 0.05;
    private static final double CEILING_SECONDS = 12;
    private static final double QUICK_CEILING_SECONDS = 1;
    private static final DateTimeFormatter FILE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "1..*",
            description = "Scenarios or groups, as list prints them, or all.")
    private List<String> names = List.of();

    @Option(names = "--broker", defaultValue = "millrace", description = "Who is judged (default millrace).")
    private String broker = "";

    @Option(names = "--against", paramLabel = "BROKER", description = "Who it is compared with, such as kafka.")
    private @Nullable String against;

    @Option(
            names = "--self",
            description = "The system that is compared with takes part a second time, or the only one if there is none:"
                    + " how large a ratio must be on this machine today to mean anything.")
    private boolean self;

    @Option(
            names = "--no-ceiling",
            description = "Leave out the null broker, which stores nothing: what clients and loopback allow.")
    private boolean noCeiling;

    @Option(names = "--rounds", description = "Counted rounds of each system (default 5, with --quick 2).")
    private @Nullable Integer rounds;

    @Option(names = "--warm-up", description = "Rounds before these (default 4, with --quick 1).")
    private @Nullable Integer warmUps;

    @Option(names = "--repeats", description = "Further tours for disturbed ones (default as many as rounds).")
    private @Nullable Integer repeatsMax;

    @Option(
            names = "--quick",
            description = "A twentieth of the load: shows that everything works, not how fast it is.")
    private boolean quick;

    @Option(names = "--broker-cpus", description = "Processors of the brokers, as taskset takes them (default all).")
    private @Nullable String brokerCpus;

    @Option(names = "--load-cpus", description = "Processors of the load generators (default all).")
    private @Nullable String loadCpus;

    @Option(names = "--name", description = "Of the result's file (default: the first scenario).")
    private @Nullable String name;

    @Option(names = "--results", paramLabel = "DIR", description = "Where it goes (default perf/results).")
    private @Nullable Path results;

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunPlan plan = plan();
        String title = name == null ? names.get(0) : name;
        Path folder = results == null ? BrokerOptions.home().resolve("perf/results") : results;
        Instant start = Instant.now();
        ResultFile file = new ResultFile(folder.resolve(FILE_TIME.format(start) + "-" + title + ".json"));
        try (WorkFolder work = plan.newFolder()) {
            Ceilings ceilings = CeilingProbe.measure(work.path(), quick ? QUICK_CEILING_SECONDS : CEILING_SECONDS);
            Progress progress = new Progress(System.out, isTerminal(), System::nanoTime, plan.expectedSeconds());
            SuiteRun run = new SuiteRun(plan, progress, file);
            return run.run(title, start, command(), quick, Environments.of(plan, work.path()), ceilings) ? 0 : 1;
        }
    }

    /** Whether standard output is one; {@code System.console()} says something else on newer JDKs. */
    private static boolean isTerminal() throws IOException {
        Path output = Files.readSymbolicLink(Path.of("/proc/self/fd/1"));
        return output.startsWith("/dev/pts") || output.startsWith("/dev/tty");
    }

    private RunPlan plan() throws IOException {
        try {
            List<Scenario> scenarios = Scenarios.named(names).stream()
                    .map(each -> quick ? each.scaled(QUICK_SCALE) : each)
                    .toList();
            String cpus = "0-" + (Runtime.getRuntime().availableProcessors() - 1);
            int counted = or(rounds, quick ? 2 : 5, 1, "--rounds");
            return new RunPlan(
                    scenarios,
                    participants(),
                    or(warmUps, quick ? 1 : 4, 0, "--warm-up"),
                    counted,
                    or(repeatsMax, quick ? 0 : counted, 0, "--repeats"),
                    new KafkaTarget().usualJvmOptions(),
                    brokerCpus == null ? cpus : brokerCpus,
                    loadCpus == null ? cpus : loadCpus,
                    options);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static int or(@Nullable Integer given, int otherwise, int min, String option) {
        int value = given == null ? otherwise : given;
        if (value < min) {
            throw new IllegalArgumentException(option + " is " + value + ": at least " + min);
        }
        return value;
    }

    private List<Participant> participants() throws IOException {
        List<Participant> all = new ArrayList<>();
        all.add(participant(broker, broker, Role.SUBJECT));
        if (against != null) {
            all.add(participant(against, against.equals(broker) ? against + "-peer" : against, Role.PEER));
        }
        if (self) {
            String twin = against == null ? broker : against;
            all.add(participant(twin, twin + "-twin", Role.TWIN));
        }
        if (!noCeiling) {
            all.add(participant("null", "null", Role.CEILING));
        }
        return all;
    }

    private Participant participant(String kind, String called, Role role) throws IOException {
        Target target = options.target(kind);
        return new Participant(new MeasuredSystem(called, role, target.version()), target);
    }

    private String command() {
        return "./millrace perf "
                + String.join(
                        " ", spec.commandLine().getParent().getParseResult().originalArgs());
    }
}
