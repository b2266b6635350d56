package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerInsight;
import io.millrace.broker.ring.ShardRing;
import io.millrace.broker.storage.WatchedDisk;
import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * System calls and hand-offs between threads for each request, as {@code costs.txt} has them.
 *
 * <p>A count is the least of several rounds: what comes on top now and then, such as a checkpoint, is not of the request.
 */
@ExtendWith(StrictLogs.class)
class RequestCostTest {

    private static final Costs COMMITTED = Costs.committed();
    private static final int ROUNDS = 5;
    private static final int REQUESTS = 10;

    /** Workers come one by one, and a new thread has not been woken. */
    private static final int WARM_UP_REQUESTS = 20;

    private final Tally tally = new Tally();
    private final Hold hold = new Hold();
    private final BrokerThreads threads = new BrokerThreads();
    private final Vertx vertx = CountedTransport.vertx(tally);

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private TestBroker broker;

    @BeforeEach
    void startBroker() throws Exception {
        broker = TestBroker.start(vertx, data, Workload.SETTINGS, WatchedDisk.of((method, path) -> onFileCall(method)));
    }

    @AfterEach
    void stopBroker() throws Exception {
        hold.end();
        broker.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PRODUCE_PIPELINED")
    void aRequestCostsWhatIsCommitted(Scenario scenario) throws Exception {
        try (Workload workload = new Workload(scenario, broker)) {
            for (int i = 0; i < WARM_UP_REQUESTS; i++) {
                workload.run();
            }
            Map<Measure, Double> least = new EnumMap<>(Measure.class);
            for (int round = 0; round < ROUNDS; round++) {
                threads.awaitIdle();
                Map<Measure, Long> before = counts();
                for (int i = 0; i < REQUESTS; i++) {
                    workload.run();
                    threads.awaitIdle();
                }
                takeLess(least, before, REQUESTS);
            }
            COMMITTED.check(scenario, least);
        }
    }

    /** The first write to the journal is held until all requests have come, which makes one batch of them. */
    @Test
    void aHundredRequestsAtOnceShareTheirCost() throws Exception {
        try (Workload workload = new Workload(Scenario.PRODUCE_PIPELINED, broker)) {
            workload.run();
            Map<Measure, Double> least = new EnumMap<>(Measure.class);
            for (int round = 0; round < ROUNDS; round++) {
                threads.awaitIdle();
                hold.begin();
                workload.sendProduce();
                hold.awaitHeld();
                Map<Measure, Long> before = counts();
                workload.sendPipelined();
                awaitPublished(before.getOrDefault(Measure.RING_ENTRIES, 0L) + 2 * Workload.PIPELINED);
                hold.end();
                workload.receiveProduced();
                workload.receivePipelined();
                threads.awaitIdle();
                takeLess(least, before, 1);
            }
            COMMITTED.check(Scenario.PRODUCE_PIPELINED, least);
        }
    }

    private void onFileCall(String method) {
        switch (method) {
            case "path", "channel" -> {
                // No call of the system.
            }
            case "write" -> tally.count(Measure.FILE_WRITES);
            case "writeBlocks" -> tally.count(Measure.FILE_WRITES_PAST_CACHE);
            case "writeDurably" -> {
                tally.count(Measure.DURABLE_WRITES);
                hold.pass();
            }
            case "sync", "syncAll", "syncDirectory" -> tally.count(Measure.SYNCS);
            case "read" -> tally.count(Measure.FILE_READS);
            default -> tally.count(Measure.OTHER_FILE_CALLS);
        }
    }

    private Map<Measure, Long> counts() {
        Map<Measure, Long> counts = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            switch (measure) {
                case RING_ENTRIES -> counts.put(measure, published());
                case APPEND_WAKE_UPS -> counts.put(measure, threads.wakeUps(BrokerThreads.APPEND));
                case COMMIT_WAKE_UPS -> counts.put(measure, threads.wakeUps(BrokerThreads.COMMIT));
                case WORKER_WAKE_UPS -> counts.put(measure, threads.wakeUps(BrokerThreads.WORKERS));
                case LOOP_BYTES, APPEND_BYTES, COMMIT_BYTES, WORKER_BYTES -> {
                    // AllocationTest counts them.
                }
                default -> counts.put(measure, tally.of(measure));
            }
        }
        return counts;
    }

    private void takeLess(Map<Measure, Double> least, Map<Measure, Long> before, int requests) {
        counts().forEach((measure, now) ->
                least.merge(measure, (now - before.getOrDefault(measure, 0L)) / (double) requests, Math::min));
    }

    private long published() {
        ShardRing ring =
                BrokerInsight.partition(broker.verticle(), Workload.TOPIC, 0).ring();
        return ring.published();
    }

    private void awaitPublished(long count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (published() < count) {
            assertThat(System.nanoTime()).as("requests reach the ring").isLessThan(deadline);
            LockSupport.parkNanos(20_000);
        }
    }
}
