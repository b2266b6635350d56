package io.millrace.perf.process;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Every process that the harness started and that may still run. Used from any thread.
 *
 * <p>Ctrl-C, SIGTERM and an uncaught failure all end in the shutdown hook, which kills what is left: a measurement that
 * was interrupted must not leave a broker that disturbs the next one.
 */
public final class Children {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Set<Runnable> AFTERWARDS = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean HOOKED = new AtomicBoolean();
    private static volatile boolean closed;

    private Children() {}

    /** Starts a process that dies with the harness. */
    public static Process start(ProcessBuilder builder) throws IOException {
        hook();
        Process process = builder.start();
        RUNNING.add(process);
        process.onExit().thenAccept(RUNNING::remove);
        if (closed) {
            process.destroyForcibly();
        }
        return process;
    }

    /** Ids of those that run now. */
    public static List<Long> running() {
        return RUNNING.stream().filter(Process::isAlive).map(Process::pid).toList();
    }

    /** Something to do when the harness ends early, after every process is dead. */
    public static void afterwards(Runnable cleanUp) {
        hook();
        AFTERWARDS.add(cleanUp);
    }

    /** No longer needed. */
    public static void forget(Runnable cleanUp) {
        AFTERWARDS.remove(cleanUp);
    }

    private static void hook() {
        if (HOOKED.compareAndSet(false, true)) {
            Runtime.getRuntime().addShutdownHook(new Thread(Children::end, "end-children"));
        }
    }

    private static void end() {
        closed = true;
        killAll();
        AFTERWARDS.forEach(Runnable::run);
    }

    private static void killAll() {
        RUNNING.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        for (Process process : RUNNING) {
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
