package io.millrace.perf.target;

import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Millrace's runnable jar.
 *
 * @param jar as the build makes it
 * @param extraJvmOptions come after the others, for a profiler or an experiment
 */
public record MillraceTarget(Path jar, List<String> extraJvmOptions) implements Target {
    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public String version() throws IOException {
        Command.Result said = Command.of(Java.executable(), "-jar", jar.toString(), "--version")
                .run();
        if (!said.ok()) {
            throw new IOException(jar + " does not say its version: " + said.text());
        }
        return said.out().trim();
    }

    /** As in the launcher {@code ./millrace}, with the archive of classes if that has made one. */
    @Override
    public List<String> usualJvmOptions() {
        List<String> options = new ArrayList<>(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        Path archive = jar.resolveSibling(jar.getFileName() + ".jsa");
        if (Files.isRegularFile(archive)) {
            options.addAll(List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-XX:SharedArchiveFile=" + archive));
        }
        return options;
    }

    @Override
    public void prepare(BrokerSetup setup) throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new IOException("no broker at " + jar + ": build it first, or name it with --millrace-jar");
        }
        Files.createDirectories(setup.folder());
    }

    @Override
    public List<String> commandLine(BrokerSetup setup, List<String> jvmOptions) {
        List<String> line = new ArrayList<>();
        line.add(Java.executable());
        line.addAll(jvmOptions);
        line.addAll(extraJvmOptions);
        line.addAll(List.of("-jar", jar.toString()));
        line.addAll(List.of("--set", "listeners=PLAINTEXT://127.0.0.1:" + setup.port()));
        line.addAll(List.of("--set", "log.dirs=" + setup.data()));
        setup.settings().forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
        return line;
    }
}
