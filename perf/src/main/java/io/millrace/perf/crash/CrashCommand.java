package io.millrace.perf.crash;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.WorkFolder;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Kills a broker again and again under load and checks after each restart that every promise was kept. */
@Command(name = "crash", description = "Kill -9 a broker under load; every acknowledged record must be there, once.")
public final class CrashCommand implements Callable<Integer> {
    @Mixin
    private final BrokerOptions options = new BrokerOptions();

    @Option(names = "--broker", defaultValue = "millrace", description = "millrace (default) or kafka.")
    private String broker = "";

    @Option(names = "--kills", defaultValue = "20", description = "How many times (default 20).")
    private int kills;

    @Option(names = "--seed", description = "Chooses the moments and the load; printed, by default the clock.")
    private @Nullable Long seed;

    @Option(names = "--set", description = "A broker setting, key=value.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--plant-loss",
            description = "Cut the end of a segment after the last kill: the run must fail, which proves the check.")
    private boolean plantLoss;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        long actualSeed = seed == null ? System.nanoTime() : seed;
        System.out.println("crash of " + broker + ", " + kills + " kills, --seed " + actualSeed);
        Target target = options.target(broker);
        try (WorkFolder folder = options.newFolder("crash")) {
            BrokerSetup setup = RunningBroker.setup(folder.path(), settings);
            try (CrashRun run = new CrashRun(target, setup, actualSeed)) {
                if (rounds(run, setup)) {
                    return 0;
                }
                folder.keep();
                return 1;
            }
        }
    }

    private boolean rounds(CrashRun run, BrokerSetup setup)
            throws IOException, InterruptedException, ExecutionException {
        run.begin();
        for (int round = 1; round <= kills; round++) {
            run.kill();
            if (plantLoss && round == kills) {
                cutSegment(setup.data());
            }
            run.restart();
            List<String> violations = run.compare(round);
            if (!violations.isEmpty()) {
                violations.forEach(System.out::println);
                return false;
            }
            run.resume();
        }
        System.out.println(kills + " kills survived");
        return true;
    }

    /** Takes the last bytes of the newest segment of partition 0. */
    private static void cutSegment(Path data) throws IOException {
        Path newest;
        try (Stream<Path> files = Files.list(data.resolve("crash-0"))) {
            newest = files.filter(file ->
                            file.toString().endsWith(".log") && file.toFile().length() > 0)
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no segment with data"));
        }
        try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
            file.setLength(file.length() - 1);
        }
    }
}
