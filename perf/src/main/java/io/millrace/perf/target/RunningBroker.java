package io.millrace.perf.target;

import io.millrace.perf.process.Children;
import io.millrace.perf.process.Ports;
import io.millrace.perf.process.ProcStat;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A broker process. Its output goes to {@code broker.log} in its folder. Owned by one thread. */
public final class RunningBroker implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Target target;
    private final BrokerSetup setup;
    private final Process process;

    private RunningBroker(Target target, BrokerSetup setup, Process process) {
        this.target = target;
        this.setup = setup;
        this.process = process;
    }

    /** A setup on free ports with the data in {@code folder}. */
    public static BrokerSetup setup(Path folder, Map<String, String> settings) throws IOException {
        return new BrokerSetup(folder.toAbsolutePath(), Ports.free(), Ports.free(), settings);
    }

    /** Starts the process and returns at once: it does not accept clients yet. */
    public static RunningBroker launch(Target target, BrokerSetup setup, List<String> jvmOptions) throws IOException {
        target.prepare(setup);
        File log = setup.folder().resolve("broker.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(target.commandLine(setup, jvmOptions))
                .directory(setup.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log));
        return new RunningBroker(target, setup, Children.start(builder));
    }

    /** Starts the process and waits until it accepts connections. */
    public static RunningBroker start(Target target, BrokerSetup setup, List<String> jvmOptions) throws IOException {
        RunningBroker broker = launch(target, setup, jvmOptions);
        broker.awaitListening(Duration.ofMinutes(3));
        return broker;
    }

    /** Waits for the listener. @throws IOException when the process ended or the limit passed first */
    public void awaitListening(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!Ports.isOpen(setup.port())) {
            if (!process.isAlive()) {
                throw new IOException(target.name() + " ended with " + process.exitValue() + ":\n" + logTail());
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(target.name() + " does not listen after " + limit + ":\n" + logTail());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    public Target target() {
        return target;
    }

    public BrokerSetup setup() {
        return setup;
    }

    public String bootstrap() {
        return "127.0.0.1:" + setup.port();
    }

    public long pid() {
        return process.pid();
    }

    public ProcStat stat() {
        return new ProcStat(process.pid());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: nothing of the process runs after this returns. */
    public void kill() {
        process.destroyForcibly();
        await(STOP_LIMIT);
    }

    /** SIGTERM, then waits. @return the exit code; @throws IOException when it does not end in a minute */
    public int stop() throws IOException {
        process.destroy();
        if (!await(STOP_LIMIT)) {
            process.destroyForcibly();
            throw new IOException(target.name() + " did not stop within " + STOP_LIMIT + ":\n" + logTail());
        }
        return process.exitValue();
    }

    /** The last lines that the broker printed. */
    public String logTail() throws IOException {
        Path log = setup.folder().resolve("broker.log");
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await(STOP_LIMIT);
    }

    private boolean await(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
