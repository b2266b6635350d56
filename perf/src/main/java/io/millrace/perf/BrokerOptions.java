package io.millrace.perf;

import io.millrace.perf.target.KafkaTarget;
import io.millrace.perf.target.MillraceTarget;
import io.millrace.perf.target.NullTarget;
import io.millrace.perf.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command: which brokers there are, and where they may write. */
public final class BrokerOptions {
    @Option(
            names = "--millrace-jar",
            paramLabel = "FILE",
            description = "Millrace's runnable jar; by default the one that this build made.")
    private @Nullable Path jar;

    @Option(names = "--millrace-jvm", paramLabel = "OPTION", description = "A further JVM option for Millrace.")
    private List<String> jvmOptions = List.of();

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description = "Data of the brokers goes below this folder; by default the system's temporary folder.")
    private @Nullable Path workDir;

    @Option(names = "--keep", description = "Keep the data folder at the end.")
    private boolean keep;

    public Target target(String name) {
        return switch (name) {
            case "kafka" -> new KafkaTarget();
            case "millrace" -> new MillraceTarget(jar().toAbsolutePath(), jvmOptions);
            case "null" -> new NullTarget();
            default -> throw new IllegalArgumentException("unknown broker " + name + ": millrace, kafka or null");
        };
    }

    /** A fresh folder for one run. */
    public WorkFolder newFolder(String name) throws IOException {
        if (workDir != null) {
            Files.createDirectories(workDir);
        }
        Path path = workDir == null
                ? Files.createTempDirectory("millrace-" + name)
                : Files.createTempDirectory(workDir.toAbsolutePath(), name);
        return new WorkFolder(path, keep);
    }

    /** For Millrace, beside its usual ones. */
    public List<String> jvmOptions() {
        return jvmOptions;
    }

    /** Millrace's runnable jar; whether it exists is not checked. */
    public Path jar() {
        if (jar != null) {
            return jar;
        }
        return home().resolve("broker-verticle/target/millrace.jar");
    }

    /** The root of the repository that this code was built in. */
    public static Path home() {
        String ours = BrokerOptions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath(); // perf/target/millrace-perf.jar, or perf/target/classes
        return Path.of(ours + "/../../..").normalize();
    }
}
