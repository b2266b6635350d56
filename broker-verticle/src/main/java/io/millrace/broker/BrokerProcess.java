package io.millrace.broker;

import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.cluster.MetadataLogException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One broker as a process: deploys it, says when it is ready, stops it when the process is told to end (Ctrl-C, SIGTERM).
 * Only Main's own thread and the shutdown hook's run here; both may block.
 */
final class BrokerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerProcess.class);

    /** Kubernetes and systemd kill after 30 and 90 seconds; what is not flushed by then is recovered from the journal. */
    private static final long STOP_SECONDS_MAX = 25;

    private final BrokerConfig config;
    private final PrintStream out;
    private final PrintStream err;

    BrokerProcess(BrokerConfig config, PrintStream out, PrintStream err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** @return where it listens; does not return when it cannot start */
    SocketAddress start() {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(config.networkThreads())
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        BrokerVerticle broker = new BrokerVerticle(config);
        try {
            String deployment = await(vertx.deployVerticle(broker), Long.MAX_VALUE);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, deployment, broker), "millrace-stop"));
            out.println(readyLine(broker.address()));
            return broker.address();
        } catch (IOException | RuntimeException e) {
            err.println("millrace: " + explain(e));
            System.exit(Main.EXIT_FAILED);
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process by itself, so that a clean stop is told from a bad one by the exit code. */
    private void stop(Vertx vertx, String deployment, BrokerVerticle broker) {
        long start = System.nanoTime();
        int exitCode = Main.EXIT_STOPPED;
        try {
            await(vertx.undeploy(deployment), STOP_SECONDS_MAX);
            FlushSummary flushed = broker.flushed();
            out.println(stoppedLine(flushed, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
            exitCode = flushed != null && flushed.isClean() ? Main.EXIT_STOPPED : Main.EXIT_FAILED;
        } catch (IOException | RuntimeException e) {
            err.println("millrace: stopped without flushing everything: " + explain(e));
            exitCode = Main.EXIT_FAILED;
        }
        out.flush();
        err.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    private String readyLine(SocketAddress address) {
        long sinceStartMs = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        String folders = config.logDirs().stream()
                .map(Path::toAbsolutePath)
                .map(Path::normalize)
                .map(Path::toString)
                .collect(Collectors.joining(", "));
        return "millrace ready in " + sinceStartMs + " ms · broker " + config.brokerId() + " · " + address.host() + ":"
                + address.port() + " · data " + folders;
    }

    private static String stoppedLine(@Nullable FlushSummary flushed, long tookMs) {
        if (flushed == null) {
            return "millrace stopped in " + tookMs + " ms";
        }
        String offline = flushed.isClean() ? "" : " · failed before, to be recovered: " + flushed.offline();
        return "millrace stopped in " + tookMs + " ms · " + flushed.flushed() + " of " + flushed.logs()
                + " logs flushed" + offline;
    }

    /** One line for whoever started the process; what is no fault of theirs also goes to the log in full. */
    private String explain(Exception failure) {
        if (failure instanceof BindException) {
            String addresses = config.listeners().stream()
                    .map(each -> each.host() + ":" + each.port())
                    .collect(Collectors.joining(", "));
            return "cannot listen on " + addresses + ": " + failure.getMessage()
                    + "; stop the other process, or choose another port with --set listeners=PLAINTEXT://:PORT";
        }
        String message = failure.getMessage();
        boolean expected = failure instanceof IOException
                || failure instanceof IllegalStateException
                || failure instanceof MetadataLogException;
        if (message == null || !expected) {
            LOG.error("the broker failed", failure);
        }
        return message == null ? failure.toString() : message;
    }

    private static <T> T await(Future<T> future, long seconds) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) {
                throw io;
            }
            if (cause instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new IllegalStateException(String.valueOf(cause), cause);
        } catch (TimeoutException e) {
            throw new IOException("no end after " + seconds + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
