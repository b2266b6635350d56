package io.millrace.perf.interop;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.process.Children;
import io.millrace.perf.process.Command;
import io.millrace.perf.process.Java;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that goes on while checks look at it. Its output goes to a file. Owned by one thread. */
final class AppProcess implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
    private static final int TAIL_LINES = 20;

    private final String name;
    private final Path log;
    private final Process process;

    private AppProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * One of {@code perf/apps}.
     *
     * @param folder of the file that gets the output
     */
    static AppProcess start(Path folder, String name, String mainClass, String... arguments) throws IOException {
        Path built = BrokerOptions.home().resolve("perf/apps/target");
        String classPath = built.resolve("millrace-apps.jar") + File.pathSeparator + built.resolve("lib/*");
        List<String> line = new ArrayList<>(
                List.of(Java.executable(), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath, mainClass));
        line.addAll(List.of(arguments));
        return start(folder, name, line);
    }

    /**
     * Any other.
     *
     * @param folder of the file that gets the output
     */
    static AppProcess start(Path folder, String name, List<String> line) throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new AppProcess(name, log, Children.start(builder));
    }

    /** @throws CheckFailed when it has ended */
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new CheckFailed(name + " ended with " + process.exitValue() + ":\n" + logTail());
        }
    }

    /** Until it says that. */
    void awaitOutput(String text, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!Files.readString(log).contains(text)) {
            requireAlive();
            if (System.nanoTime() > deadline) {
                throw new CheckFailed(name + " has not said " + text + " in " + limit + ":\n" + logTail());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Lets it end by the end of its input. */
    void endInput() throws IOException {
        process.getOutputStream().close();
        requireEnd(0, STOP_LIMIT);
    }

    /** SIGTERM, which a JVM answers with 143 when its hooks are done. */
    void terminate() throws IOException {
        process.destroy();
        requireEnd(143, STOP_LIMIT);
    }

    /** It must end with 1 by itself. @return what it said */
    Command.Result requireFailure(Duration limit) throws IOException {
        requireEnd(1, limit);
        return new Command.Result(1, Files.readString(log), "");
    }

    private void requireEnd(int exit, Duration limit) throws IOException {
        if (!await(limit)) {
            throw new CheckFailed(name + " does not end in " + limit + ":\n" + logTail());
        }
        if (process.exitValue() != exit) {
            throw new CheckFailed(name + " ended with " + process.exitValue() + ":\n" + logTail());
        }
    }

    private boolean await(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    String logTail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await(STOP_LIMIT);
    }
}
