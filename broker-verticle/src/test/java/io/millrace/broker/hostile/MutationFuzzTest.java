package io.millrace.broker.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real traffic of real clients, mutated, on many connections at once: no exception escapes, no buffer is lost, memory
 * stays within the configured bound, and a well-behaved client beside it notices nothing. What is sent follows from
 * {@code -Dseed=}; how it interleaves does not.
 */
@ExtendWith(StrictLogs.class)
class MutationFuzzTest {
    private static final long SEED = 20261121L;
    private static final int FRAMES = 25_000;
    private static final int LONG_ROUNDS = 40;
    private static final int SENDERS = 4;
    private static final long REQUEST_BYTES_MAX = 4 << 20;
    private static final long QUEUED_BYTES_MAX = 16 << 20;
    /** What Netty keeps for reuse: a few chunks of 4 MiB for each event loop, and what responses take. */
    private static final long POOLED_BYTES_MAX = 128 << 20;

    @TempDir
    Path data;

    private final Vertx vertx = StrictLogs.vertx();
    private final Queue<Throwable> escaped = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void listenForWhatEscapes() {
        vertx.exceptionHandler(escaped::add);
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().await(1, TimeUnit.MINUTES);
        assertThat(escaped).isEmpty();
    }

    @Test
    void aWellBehavedClientNoticesNothing() throws Exception {
        fuzz(data, Long.getLong("seed", SEED));
    }

    /** Round by round on fresh brokers: the topics that mutated requests create make one slower and slower. */
    @Test
    @Tag("long")
    void aWellBehavedClientNoticesNothingOfAMillionFrames() throws Exception {
        Long chosen = Long.getLong("seed");
        if (chosen != null) {
            fuzz(data, chosen);
            return;
        }
        for (int round = 0; round < LONG_ROUNDS; round++) {
            fuzz(data.resolve("round-" + round), SEED + (round + 1L) * FRAMES);
        }
    }

    private void fuzz(Path folder, long seed) throws Exception {
        try {
            fuzz(folder, seed, FRAMES);
        } catch (Throwable e) {
            throw new AssertionError("replay with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private void fuzz(Path folder, long seed, int frames) throws Exception {
        try (RecordingProxy proxy = new RecordingProxy();
                TestBroker broker = TestBroker.start(vertx, folder, settings(proxy))) {
            List<byte[]> corpus = record(proxy, broker);
            DirectMemory direct = new DirectMemory();
            try (Witness witness = new Witness(broker.bootstrap());
                    Mob mob = new Mob(broker.port(), corpus, seed, frames)) {
                while (mob.isBusy()) {
                    witness.testify(20);
                    direct.sample();
                }
                mob.rethrow();
                witness.testify(200);
            }
            assertThat(direct.sample()).isLessThan(QUEUED_BYTES_MAX + REQUEST_BYTES_MAX + POOLED_BYTES_MAX);
        }
    }

    private static Map<String, String> settings(RecordingProxy proxy) {
        return Map.of(
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + proxy.port(),
                "socket.request.max.bytes",
                Long.toString(REQUEST_BYTES_MAX),
                "queued.max.request.bytes",
                Long.toString(QUEUED_BYTES_MAX),
                "log.retention.check.interval.ms",
                "1000");
    }

    private static List<byte[]> record(RecordingProxy proxy, TestBroker broker) throws Exception {
        proxy.start(broker.port());
        RecordedTraffic.play("127.0.0.1:" + proxy.port());
        List<byte[]> requests = proxy.stopRecording();
        assertThat(RecordedTraffic.kinds(requests))
                .as("kinds of recorded requests")
                .isGreaterThan(15);
        return RecordedTraffic.corpus(requests);
    }

    /** Some threads that send until so many mutated frames have arrived. */
    private static final class Mob implements AutoCloseable {
        private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
        private final List<Future<?>> senders = new ArrayList<>();
        private final AtomicInteger left;
        private final AtomicLong seeds;

        Mob(int port, List<byte[]> corpus, long seed, int frames) {
            seeds = new AtomicLong(seed);
            left = new AtomicInteger(frames);
            for (int i = 0; i < SENDERS; i++) {
                senders.add(threads.submit(() -> send(port, corpus)));
            }
        }

        boolean isBusy() {
            return senders.stream().anyMatch(sender -> !sender.isDone());
        }

        void rethrow() throws Exception {
            for (Future<?> sender : senders) {
                sender.get(1, TimeUnit.MINUTES);
            }
        }

        @Override
        public void close() {
            left.set(0);
            threads.shutdownNow();
        }

        private int send(int port, List<byte[]> corpus) throws IOException {
            try (HostileSender sender = new HostileSender(port, corpus)) {
                while (left.get() > 0) {
                    left.addAndGet(-sender.converse(seeds.getAndIncrement()));
                }
            }
            return 0;
        }
    }
}
